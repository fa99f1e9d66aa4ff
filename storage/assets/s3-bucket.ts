/** The bucket at start: made where it is missing, and open to pages, which upload and download directly. */
import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { s3CodeOf, isMissing } from './s3-fault.ts'

/** Pages of every origin: what protects files is the signature of a link, and no browser sends it by itself. */
const CORS = {
  CORSRules: [
    {
      AllowedOrigins: ['*'],
      AllowedMethods: ['GET', 'HEAD', 'PUT'],
      AllowedHeaders: ['*'],
      ExposeHeaders: ['Accept-Ranges', 'Content-Length', 'Content-Range', 'ETag'],
      MaxAgeSeconds: 3_600,
    },
  ],
}

export async function requireBucket(client: S3Client, bucket: string, abortSignal: AbortSignal): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal })
  } catch (error) {
    if (!isMissing(error)) throw error
    await client.send(new CreateBucketCommand({ Bucket: bucket }), { abortSignal })
  }
}

/**
 * Sets the bucket's CORS rule where it has none; one that the operator made stays. Returns why it could not: some servers
 * have their CORS elsewhere, and those who use no pages need none.
 */
export async function permitPages(client: S3Client, bucket: string, abortSignal: AbortSignal): Promise<string | null> {
  try {
    const { CORSRules = [] } = await client.send(new GetBucketCorsCommand({ Bucket: bucket }), { abortSignal })
    if (CORSRules.length > 0) return null
  } catch (error) {
    if (s3CodeOf(error) !== 'NoSuchCORSConfiguration' && !isMissing(error)) return wordsFor(bucket, error)
  }
  try {
    await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: CORS }), { abortSignal })
    return null
  } catch (error) {
    return wordsFor(bucket, error)
  }
}

const wordsFor = (bucket: string, error: unknown): string =>
  `s3: the CORS rule of the bucket ${bucket} could not be read or set (${s3CodeOf(error)}): pages can upload and download only where its operator permits GET, HEAD and PUT from their origin`
