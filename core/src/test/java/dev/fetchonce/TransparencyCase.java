package dev.fetchonce;

import dev.fetchonce.testing.ScriptedOrigin;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One line of the tables of {@link TransparencyTest}: what an origin does, and what is asked of it.
 *
 * @param name what the origin does
 * @param pages what it answers by the path below that of the case
 * @param asks what makes the request one of its own; it begins as a GET
 * @param to what is asked for, below the path of the case
 * @param redirects which redirects are followed
 * @param kept whether the second call is answered without a word to the origin
 */
record TransparencyCase(
        String name,
        Map<String, Page> pages,
        UnaryOperator<HttpRequest.Builder> asks,
        String to,
        Redirect redirects,
        Kept kept) {
    /** What stands for the URL of the other origin in what a page sends. */
    static final String ELSEWHERE = "{elsewhere}";

    /** What is sent, given the URL of another origin. */
    @FunctionalInterface
    interface Page {
        ScriptedOrigin.Script at(String elsewhere);
    }

    /** What a second call costs. */
    enum Kept {
        /** Nothing. */
        HIT,
        /** As much as the first one. */
        NOT,
        /** Not counted: whether a connection was reset before the request came is a matter of luck. */
        ANY
    }

    /** An origin that answers so. */
    static TransparencyCase plays(String name, ScriptedOrigin.Script script) {
        return new TransparencyCase(
                name, Map.of("a", elsewhere -> script), UnaryOperator.identity(), "a", Redirect.NEVER, Kept.NOT);
    }

    /** An origin that sends this and keeps the connection open; a bar is a line's end. */
    static TransparencyCase sends(String name, String lines) {
        return new TransparencyCase(name, Map.of(), UnaryOperator.identity(), "a", Redirect.NEVER, Kept.NOT)
                .page("a", lines);
    }

    /** An origin that sends this, then FIN. */
    static TransparencyCase ends(String name, String lines) {
        return plays(name, ScriptedOrigin.ends(lines));
    }

    /** An origin that sends this, then RST. */
    static TransparencyCase resets(String name, String lines) {
        return plays(name, ScriptedOrigin.resets(lines)).count(Kept.ANY);
    }

    /** The same with another page. */
    TransparencyCase page(String path, String lines) {
        Map<String, Page> more = new LinkedHashMap<>(pages);
        more.put(path, elsewhere -> ScriptedOrigin.sends(lines.replace(ELSEWHERE, elsewhere)));
        return new TransparencyCase(name, more, asks, to, redirects, kept);
    }

    /** The same, asked for so. */
    TransparencyCase asking(UnaryOperator<HttpRequest.Builder> how) {
        return new TransparencyCase(name, pages, how, to, redirects, kept);
    }

    /** The same, asked for with another method and without a body. */
    TransparencyCase asking(String method) {
        return asking(request -> request.method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** The same, asked for with another field. */
    TransparencyCase with(String field, String value) {
        return asking(request -> request.header(field, value));
    }

    TransparencyCase following(Redirect policy) {
        return new TransparencyCase(name + ", " + policy, pages, asks, to, policy, kept);
    }

    /** The second call is a hit. */
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
