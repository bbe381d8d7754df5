/** What one sender may ask of the server; see the settings `FLOWATLAS_UPLOAD_*`. */
export interface UploadLimits {
  /** Uploads at the same time. */
  mostOpen: number;
  /** Without a byte; time in which the server itself is busy does not count. */
  idleSeconds: number;
  /** Of one compressed upload, decoded. */
  mostDecodedBytes: number;
  /** Decoded to compressed size. */
  mostRatio: number;
}
