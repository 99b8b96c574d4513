/** Base URLs of one cluster: tokens and coupons live on two hosts. */
export interface ClusterUrls {
  readonly tokenApiUrl: string;
  readonly couponApiUrl: string;
}

/** The seven public clusters and their base URLs, https, without a slash at the end (upstream contract, section 3). */
export const clusters = {
  eu: urls('eu.api.capillarytech.com', 'eu.intouch.capillarytech.com'),
  india: urls('apac.api.capillarytech.com', 'intouch.capillary.co.in'),
  apac2: urls('apac2.api.capillarytech.com', 'apac2.intouch.capillarytech.com'),
  sea: urls('sea.api.capillarytech.com', 'sea.intouch.capillarytech.com'),
  us: urls('us.api.capillarytech.com', 'us.intouch.capillarytech.com'),
  ushc: urls('ushc.api.capillarytech.com', 'ushc.intouch.capillarytech.com'),
  china: urls('api.capillarytech.cn.com', 'intouch.capillarytech.cn.com'),
} as const satisfies Record<string, ClusterUrls>;

/** Name of a cluster, as in the setting `CAPILLARY_CLUSTER`. */
export type Cluster = keyof typeof clusters;

function urls(tokenHost: string, couponHost: string): ClusterUrls {
  return { tokenApiUrl: `https://${tokenHost}`, couponApiUrl: `https://${couponHost}` };
}
