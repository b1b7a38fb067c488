/** Region and credentials for services on this machine, which check neither. */
export const localAws = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** The account in every local ARN. */
export const localAccount = '000000000000';
