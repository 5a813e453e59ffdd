package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.Freshness;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same call through the JDK's client and through ours, twice each, so that our second call is a hit where a hit is
 * possible. Callers and origins see the same with both clients. The cases are in {@link PlainCases} and
 * {@link RedirectCases}.
 */
class TransparencyTest {
    /** The most bytes of one body that the cache of this test stores. */
    private static final int LIMIT = 10_000;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();
    private final ScriptedOrigin elsewhere = given.scripted();

    /** The methods that make a call. */
    enum Way {
        SEND {
            @Override
            HttpResponse<String> response(HttpClient client, HttpRequest request) throws Exception {
                return client.send(request, BodyHandlers.ofString());
            }
        },
        SEND_ASYNC {
            @Override
            HttpResponse<String> response(HttpClient client, HttpRequest request) throws Exception {
                try {
                    return client.sendAsync(request, BodyHandlers.ofString()).get(30, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof Exception cause ? cause : e;
                }
            }
        };

        abstract HttpResponse<String> response(HttpClient client, HttpRequest request) throws Exception;

        String seen(HttpClient client, HttpRequest request) {
            try {
                HttpResponse<String> response = response(client, request);
                return CallView.of(response, response.body());
            } catch (Exception e) {
                return CallView.of(e);
            }
        }
    }

    static Stream<TransparencyCase> cases() {
        return Stream.concat(PlainCases.all(), RedirectCases.all());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_call_is_as_through_the_plain_client(TransparencyCase one) {
        one.pages().forEach((path, page) -> origin.on("/c/" + path, page.at(elsewhere.url("/"))));
        elsewhere.on("/", ScriptedOrigin.sends("HTTP/1.1 200 OK|" + PlainCases.FRESH + "Content-Length: 4||else"));
        HttpRequest request = one.request(origin.uri("/c/"));
        HttpClient plain = plain(one.redirects());
        for (Way way : Way.values()) {
            Asked before = asked();
            String expected = way.seen(plain, request);
            Asked theirs = asked().since(before);
            CachingHttpClient ours = given.cache(
                            b -> b.freshness(Freshness.http()).maximumBodyBytes(LIMIT))
                    .asHttpClient(one.redirects());
            before = asked();
            assertThat(way.seen(ours, request)).as("%s", way).isEqualTo(expected);
            Asked first = asked().since(before);
            before = asked();
            assertThat(way.seen(ours, request)).as("%s, again", way).isEqualTo(expected);
            Asked second = asked().since(before);
            switch (one.kept()) {
                case HIT -> {
                    assertThat(first).isEqualTo(theirs);
                    assertThat(second).isEqualTo(new Asked(List.of(), List.of()));
                }
                case NOT -> {
                    assertThat(first).isEqualTo(theirs);
                    assertThat(second.count()).isEqualTo(theirs.count());
                }
                case ANY -> {}
            }
        }
    }

    /** The requests to the two origins, each as it arrived, but with its fields in alphabetical order. */
    private record Asked(List<String> here, List<String> there) {
        Asked since(Asked before) {
            return new Asked(
                    here.subList(before.here.size(), here.size()), there.subList(before.there.size(), there.size()));
        }

        int count() {
            return here.size() + there.size();
        }
    }

    private Asked asked() {
        return new Asked(asked(origin), asked(elsewhere));
    }

    private static List<String> asked(ScriptedOrigin of) {
        return of.requests().stream()
                .map(request -> request.head().lines().sorted().collect(Collectors.joining("|")))
                .toList();
    }

    private HttpClient plain(Redirect redirects) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(redirects)
                .build();
        given.closing(client::shutdownNow);
        return client;
    }
}
