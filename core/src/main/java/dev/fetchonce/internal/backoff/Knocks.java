package dev.fetchonce.internal.backoff;

import java.net.URI;

/**
 * The knocks at hosts: bare connections that show whether a host listens. They send no byte. The methods may block, and
 * run on the thread of a knocking without a lock. Implementations are thread-safe.
 */
public interface Knocks {
    /** Returns the TCP port of an http or https URL. */
    static int port(URI uri) {
        int usual = "https".equals(uri.getScheme()) ? 443 : 80;
        return uri.getPort() == -1 ? usual : uri.getPort();
    }

    /** Returns whether the requests for a URL go to its host itself, and not to a proxy. Code of the application may run. */
    boolean areDirect(URI uri);

    /**
     * Returns whether the host of a URL accepts a connection now, which is closed at once. A host name that cannot be
     * resolved counts as a refusal, and so does an interrupt, which stays pending.
     */
    boolean answered(URI uri);
}
