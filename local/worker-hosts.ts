import { localAws } from './aws/account.ts';
import { type FunctionHost, startFunctionHost } from './aws/function-host.ts';

export interface HostsOptions {
  readonly onLog: (line: string) => void;
  /** Where services are, by the name that the SDKs look for: `AWS_ENDPOINT_URL_<NAME>`. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/** Hosts functions that find the services of this machine in their environment, as they would those of AWS. */
export function createHosts({ onLog, endpoints }: HostsOptions) {
  const found = Object.entries(endpoints).map(([name, url]) => [`AWS_ENDPOINT_URL_${name}`, url] as const);
  return (
    functionName: string,
    folder: string,
    timeoutMs: number,
    environment: Readonly<Record<string, string>>,
  ): FunctionHost =>
    startFunctionHost({
      functionName,
      timeoutMs,
      onLog,
      handlerUrl: new URL(`../functions/${folder}/handler.ts`, import.meta.url),
      environment: {
        ...Object.fromEntries(found),
        ...environment,
        AWS_REGION: localAws.region,
        AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
        AWS_LAMBDA_FUNCTION_NAME: functionName,
      },
    });
}
