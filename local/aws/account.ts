/** The region and the credentials for the services on this machine. The services check neither. */
export const localAws = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** The account in every local ARN. */
export const localAccount = '000000000000';
