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
 * Whether a redirect is followed, and with what request, as the JDK's client does it: a POST that is redirected becomes a GET,
 * as does everything after a 303; credentials are not told to another origin. Pure.
 *
 * @param policy which redirects are followed
 */
record RedirectFollower(Redirect policy) {
    /** How many redirects of one call are followed; the next one is the answer. So the JDK's client counts to its five. */
    static final int MOST = 4;

    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    /** What is for one origin only. */
    private static final Set<String> PERSONAL = Set.of("authorization", "cookie", "origin", "referer", "host");

    /**
     * The request to go on with, or empty where the response is the answer.
     *
     * @param hops how many redirects were followed before
     * @throws IOException when it says nowhere, or nowhere that can be read
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
        } catch (IllegalArgumentException e) { // it quotes the Location
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
        } catch (IllegalArgumentException e) { // it quotes the Location
            throw new IOException("Invalid redirection");
        }
        boolean becomesGet = status == 303
                || ((status == 301 || status == 302) && request.method().equals("POST"));
        return becomesGet ? next.GET().build() : next.build();
    }
}
