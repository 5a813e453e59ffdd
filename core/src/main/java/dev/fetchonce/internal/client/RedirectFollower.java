package dev.fetchonce.internal.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The rule of redirects, as the JDK's client has it. It decides whether a redirect is followed, and with which request.
 * A redirected POST becomes a GET, as does every request after a 303. Credentials are not sent to another origin. Pure.
 *
 * @param policy the redirects that are followed
 */
record RedirectFollower(Redirect policy) {
    /**
     * The most redirects that one call follows; the next redirect is the answer. The JDK's client counts its five in
     * this way.
     */
    static final int MOST = 4;

    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    /** The fields that are for one origin only. */
    private static final Set<String> PERSONAL = Set.of("authorization", "cookie", "origin", "referer", "host");

    /**
     * Returns the request of the next hop, or empty where the response is the answer.
     *
     * @param hops the number of redirects followed before
     * @throws IOException when the redirect has no Location, or one that cannot be parsed
     */
    Optional<HttpRequest> next(HttpRequest request, HttpResponse.ResponseInfo response, int hops) throws IOException {
        int status = response.statusCode();
        if (policy == Redirect.NEVER || !STATUSES.contains(status)) {
            return Optional.empty();
        }
        URI to = resolved(request.uri(), response.headers().firstValue("location"));
        return hops < MOST && allowed(request.uri(), to)
                ? Optional.of(redirected(request, status, to))
                : Optional.empty();
    }

    private static URI resolved(URI from, Optional<String> location) throws IOException {
        if (location.isEmpty()) {
            throw new IOException("Invalid redirection");
        }
        try {
            return from.resolve(URI.create(location.get()));
        } catch (IllegalArgumentException e) { // its message quotes the Location
            throw new IOException("Invalid redirection");
        }
    }

    private boolean allowed(URI from, URI to) {
        String before = String.valueOf(from.getScheme());
        String after = String.valueOf(to.getScheme());
        boolean http = after.equalsIgnoreCase("http") || after.equalsIgnoreCase("https");
        return http && (policy == Redirect.ALWAYS || after.equalsIgnoreCase(before) || after.equalsIgnoreCase("https"));
    }

    private static HttpRequest redirected(HttpRequest request, int status, URI to) throws IOException {
        boolean sameOrigin = to.getScheme().equalsIgnoreCase(request.uri().getScheme())
                && String.valueOf(to.getHost()).equalsIgnoreCase(request.uri().getHost())
                && to.getPort() == request.uri().getPort();
        HttpRequest.Builder next = HttpRequest.newBuilder(
                request, (name, value) -> sameOrigin || !PERSONAL.contains(name.toLowerCase(Locale.ROOT)));
        try {
            next.uri(to);
        } catch (IllegalArgumentException e) { // its message quotes the Location
            throw new IOException("Invalid redirection");
        }
        boolean becomesGet = status == 303
                || ((status == 301 || status == 302) && request.method().equals("POST"));
        return becomesGet ? next.GET().build() : next.build();
    }
}
