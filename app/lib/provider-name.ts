const names: Record<string, string> = {
  piper: 'Piper',
  gtts: 'Google Translate',
  elevenlabs: 'ElevenLabs',
  openai: 'OpenAI',
  google: 'Google',
  azure: 'Azure',
  deepgram: 'Deepgram',
  coqui: 'Coqui',
};

/** Services as they write themselves; unknown ones as they were stored. */
export function providerName(provider: string): string {
  return names[provider] ?? provider;
}
