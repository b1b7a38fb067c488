/** The base URL of our endpoint. */
export const baseUrl = 'https://hooks.example.com';
