/** The page without a network: a service worker keeps the site's files. */
export function keepOffline(): void {
  // Not in every context there is one: from a file, or in a private window.
  if (!('serviceWorker' in navigator) || !location.protocol.startsWith('http')) return;
  addEventListener('load', () => {
    navigator.serviceWorker.register(new URL('./offline.js', document.baseURI)).catch(() => {
      // Then the lab needs its network, as any page does.
    });
  });
}
