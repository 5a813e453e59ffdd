package dev.fetchonce.client;

import dev.fetchonce.testing.ScriptedOrigin;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One line of the tables of {@link TransparencyTest}: the behaviour of an origin, and a request to it.
 *
 * @param name the behaviour of the origin
 * @param pages the responses by their path, relative to the path of the case
 * @param asks the change that makes the request of this case from a GET
 * @param to the path of the request, relative to the path of the case
 * @param redirects the redirects that the client follows
 * @param kept the requests that a second call needs
 */
record TransparencyCase(
        String name,
        Map<String, Page> pages,
        UnaryOperator<HttpRequest.Builder> asks,
        String to,
        Redirect redirects,
        Kept kept) {
    /** A placeholder in a page for the URL of the other origin. */
    static final String ELSEWHERE = "{elsewhere}";

    /** The bytes that the origin sends, for a given URL of the other origin. */
    @FunctionalInterface
    interface Page {
        ScriptedOrigin.Script at(String elsewhere);
    }

    /** The requests to the origin that a second call needs. */
    enum Kept {
        /** No request. */
        HIT,
        /** As many requests as the first call. */
        NOT,
        /** Any number. A reset may come before or after the request, by chance, so the requests are not counted. */
        ANY
    }

    /** Returns a case whose origin plays this script. */
    static TransparencyCase plays(String name, ScriptedOrigin.Script script) {
        return new TransparencyCase(
                name, Map.of("a", elsewhere -> script), UnaryOperator.identity(), "a", Redirect.NEVER, Kept.NOT);
    }

    /** Returns a case whose origin sends this and keeps the connection open. A bar stands for the end of a line. */
    static TransparencyCase sends(String name, String lines) {
        return new TransparencyCase(name, Map.of(), UnaryOperator.identity(), "a", Redirect.NEVER, Kept.NOT)
                .page("a", lines);
    }

    /** Returns a case whose origin sends this, then FIN. */
    static TransparencyCase ends(String name, String lines) {
        return plays(name, ScriptedOrigin.ends(lines));
    }

    /** Returns a case whose origin sends this, then RST. */
    static TransparencyCase resets(String name, String lines) {
        return plays(name, ScriptedOrigin.resets(lines)).count(Kept.ANY);
    }

    /** Returns this case with another page. */
    TransparencyCase page(String path, String lines) {
        Map<String, Page> more = new LinkedHashMap<>(pages);
        more.put(path, elsewhere -> ScriptedOrigin.sends(lines.replace(ELSEWHERE, elsewhere)));
        return new TransparencyCase(name, more, asks, to, redirects, kept);
    }

    /** Returns this case with a change of its request. */
    TransparencyCase asking(UnaryOperator<HttpRequest.Builder> how) {
        return new TransparencyCase(name, pages, how, to, redirects, kept);
    }

    /** Returns this case for a request with another method and without a body. */
    TransparencyCase asking(String method) {
        return asking(request -> request.method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** Returns this case for a request with one more field. */
    TransparencyCase with(String field, String value) {
        return asking(request -> request.header(field, value));
    }

    TransparencyCase following(Redirect policy) {
        return new TransparencyCase(name + ", " + policy, pages, asks, to, policy, kept);
    }

    /** Returns this case with a hit as the second call. */
    TransparencyCase hits() {
        return count(Kept.HIT);
    }

    TransparencyCase count(Kept what) {
        return new TransparencyCase(name, pages, asks, to, redirects, what);
    }

    @Override
    public String toString() {
        return name;
    }

    HttpRequest request(URI base) {
        return asks.apply(HttpRequest.newBuilder(base.resolve(to))).build();
    }
}
