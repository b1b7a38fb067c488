// The official client ships no types. These are the types of the parts that the tests use.
declare module 'asana' {
  type Call = (...args: unknown[]) => Promise<unknown>;

  class Api {
    constructor(client?: ApiClient);
    [operation: string]: Call;
  }

  export class ApiClient {
    static instance: ApiClient;
    basePath: string;
    RETURN_COLLECTION: boolean;
    authentications: { token: { accessToken: string } };
  }
  export class WebhooksApi extends Api {}
  export class EventsApi extends Api {}
  export class TasksApi extends Api {}
  export class ProjectsApi extends Api {}
  export class UsersApi extends Api {}
}
