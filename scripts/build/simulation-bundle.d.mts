import type { Plugin } from 'esbuild'

export function bundleSimulation(outfile: string, plugins?: readonly Plugin[]): Promise<unknown>
