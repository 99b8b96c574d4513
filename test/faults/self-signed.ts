/**
 * A certificate for 127.0.0.1 that nobody but itself has signed, and its key. Valid for a hundred years:
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=127.0.0.1
 *   -addext subjectAltName=IP:127.0.0.1
 */
export const selfSigned = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXSHwX3FA/AsPA7/R
e6UOhpUWBfuAyVIqeWNmBKjgRFWhRANCAARuI5k+O8uqImkaj2hgiNGpbIyf89l8
357yrahLQnAXbBSV4+NrIsWWAs4Z+E/QjaFlMZwlGLO0QBOevBgYEWJS
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUYlnq4JHzhTPwFdGrpcrDJMmd4sgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMjA5NDAzN1oYDzIxMjYxMDI5
MDk0MDM3WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARuI5k+O8uqImkaj2hgiNGpbIyf89l8357yrahLQnAXbBSV4+NrIsWW
As4Z+E/QjaFlMZwlGLO0QBOevBgYEWJSo2QwYjAdBgNVHQ4EFgQUwq5rNtN8Zz2f
JL3NScpMpzSoaUgwHwYDVR0jBBgwFoAUwq5rNtN8Zz2fJL3NScpMpzSoaUgwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IFK46q5nR9moX2LoogV1U9Ms9OTyY+nfHtd82gAdTW8yAiEAm1vm6auS/T6xa45S
+wMUvKwaICRqMGFwIjelqPo26Rw=
-----END CERTIFICATE-----`,
};
