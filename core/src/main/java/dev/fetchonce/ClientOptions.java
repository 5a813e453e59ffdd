package dev.fetchonce;

import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of an {@link java.net.http.HttpClient} over a cache. With {@link #defaults()} its caller gets every answer
 * and every failure of an origin, as with the JDK's client. Two options keep callers from an origin in trouble; each is
 * off by default. {@link HttpCache#asHttpClient(ClientOptions)} takes the options. Immutable.
 *
 * <p>The soft timeout and the backoff concern GETs that the client caches, with {@code send}, with {@code sendAsync} and
 * with any body handler. A stored response stands in only while HTTP allows it to be
 * stale: by its {@code stale-if-error} or that of the request, by {@link HttpCache.Builder#staleIfError}, and never
 * against {@code must-revalidate} or {@code no-cache} (RFC 9111 §4.2.4, RFC 5861 §4). A stale response has a
 * {@code Cache-Status} and an {@code Age}. The {@link java.net.http.HttpRequest#timeout()} of a request ends its call in
 * any case.
 *
 * <p>A HEAD, a request for a range and a request with {@code no-store} also get the response that stands in during a
 * backoff. Where no response may stand in, they go to the origin. So does any other request that goes past the cache,
 * such as a POST: it is never held back, and its failure starts no backoff. A request with {@code only-if-cached} is not
 * held back either: without a usable response it gets the status 504.
 *
 * @param redirects the redirects that the client follows, each hop through the cache
 * @param softTimeout the wait for a fetch where a stale response could stand in, from the start of the fetch, zero or
 *     more; empty when a call waits for the end of the fetch
 * @param backoff whether the {@linkplain HttpCache.Builder#backoff backoff} of the cache holds back the calls
 */
public record ClientOptions(Redirect redirects, Optional<Duration> softTimeout, boolean backoff) {
    private static final ClientOptions DEFAULTS = new ClientOptions(Redirect.NEVER, Optional.empty(), false);

    /**
     * Makes the options.
     *
     * @throws IllegalArgumentException when the soft timeout is negative
     */
    public ClientOptions {
        OptionChecks.given("redirects", redirects);
        OptionChecks.given("softTimeout", softTimeout).ifPresent(time -> OptionChecks.atLeastZero("softTimeout", time));
    }

    /**
     * Returns the options of a client that follows no redirects, has no soft timeout and no backoff.
     *
     * @return those options
     */
    public static ClientOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Returns these options with other redirects.
     *
     * @param redirects the redirects that the client follows; {@link Redirect#NEVER} by default
     * @return new options
     */
    public ClientOptions redirects(Redirect redirects) {
        return new ClientOptions(redirects, softTimeout, backoff);
    }

    /**
     * Returns these options with a soft timeout. After that time a caller gets the stale response, if one may stand in.
     * The time counts from the start of the fetch on {@link System#nanoTime()}, with the fetch's time in the queue; a
     * caller that comes later gets the stale response at once. The fetch goes on in the background, and its response is
     * stored. Its exchange ends after {@link HttpCache.Builder#timeout}, or after the soft timeout where that is longer.
     *
     * <p>A soft timeout as long as the timeout of a request, or longer, does nothing for that request. A fetch of a
     * client without a soft timeout may last for ever: it ends when its last caller leaves.
     *
     * <p>By default there is no soft timeout, and a call waits for the end of its fetch. Once set, only the constructor
     * takes it away, with an empty optional.
     *
     * @param softTimeout zero or more, without an upper bound; zero gives the stale response at once
     * @return new options
     * @throws IllegalArgumentException when the time is negative
     */
    public ClientOptions softTimeout(Duration softTimeout) {
        return new ClientOptions(redirects, Optional.of(OptionChecks.given("softTimeout", softTimeout)), backoff);
    }

    /**
     * Returns these options with or without the backoff.
     *
     * <p>With it, no call waits for an origin in trouble while a stale response may stand in: the caller gets that
     * response at once, and one fetch in the background looks whether the origin works again. Without a stored
     * response, the first failure reaches its caller as the response or the exception that it is. While a backoff holds
     * then, a call fails at once with a {@link FetchException}. Its reason is that of the last failure:
     * {@link Reason#STATUS} after a 503. Its {@link FetchException#trouble() trouble} says since when, why and until when
     * the backoff holds. At a sick host, a call for a URL that has not failed waits for its turn within the timeout of its
     * request, and without a bound where the request has none. An interrupt ends that wait.
     *
     * <p>The failures of all callers of a cache count together, those of its value API and of clients without the option
     * included. {@link HttpCache.Builder#backoff} sets the lengths of the waits; over a cache without a backoff this option
     * has no effect. {@link CacheStats#heldByBackoff} counts the calls that were held back.
     *
     * @param backoff false by default: no call is held back
     * @return new options
     */
    public ClientOptions backoff(boolean backoff) {
        return new ClientOptions(redirects, softTimeout, backoff);
    }
}
