import { adminKey } from './adminKey.ts';
import { type Platform, type PlatformSettings, startPlatform } from './platform.ts';
import { makeSample, type Sample } from './sample.ts';

export interface Stack extends Platform {
  /** The admin key. */
  key: string;
  sample?: Sample;
}

/** The platform with its admin key and, unless it is not wanted, its sample. */
export async function startStack(settings: PlatformSettings & { sample?: boolean }): Promise<Stack> {
  const platform = await startPlatform(settings);
  try {
    const key = await adminKey(platform);
    const sample =
      settings.sample === false ? undefined : await makeSample({ ...platform, key, signal: settings.signal });
    settings.progress?.('ready');
    platform.ready();
    return { ...platform, key, sample };
  } catch (error) {
    await platform.stop();
    throw error;
  }
}
