/** Prepares the bucket at start: creates it if it is missing, and lets pages upload and download directly. */
import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { s3CodeOf, isMissing } from './s3-fault.ts'

/** Allows pages of every origin: a link's signature protects files, and no browser sends it automatically. */
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
 * Sets the bucket's CORS rule if it has none; the operator's own rule stays. Returns why it could not: some servers
 * configure CORS elsewhere, and installations without pages need none.
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
