package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals of a proxy. Our client shows them as the JDK's client does, and a cache explains them in its exception. */
class ProxyTest {
    private static final String CHALLENGE = "Proxy-Authenticate: Basic realm=\"x\"|";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin proxy = given.scripted();
    private final ProxySelector selector = ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.port()));

    private void answers(String answer) {
        proxy.on("origin.test:443", ScriptedOrigin.sends(answer))
                .on("http://origin.test/", ScriptedOrigin.sends(answer));
    }

    private HttpClient plain(HttpClient.Builder builder) {
        HttpClient client =
                builder.version(HttpClient.Version.HTTP_1_1).proxy(selector).build();
        given.closing(client::shutdownNow);
        return client;
    }

    /** Returns the response or the type of the exception as text, without our own field. */
    private static String seen(HttpClient client, String url, String method) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("x"))
                .build();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            Map<String, Object> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            fields.putAll(response.headers().map());
            fields.remove("Cache-Status");
            return response.statusCode() + " " + response.body() + " " + fields;
        } catch (Exception e) {
            return e.getClass().getName();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "407 Auth|" + CHALLENGE + "Content-Length: 4||auth",
        "407 Auth|" + CHALLENGE + "Content-Length: 0||",
        "407 Auth|Content-Length: 0||",
        "403 No|Content-Length: 2||no",
        "502 Bad|Content-Length: 3||bad",
        "503 Busy|Content-Length: 0||",
    })
    void a_client_shows_it_as_the_jdk_s_does(String answer) {
        answers("HTTP/1.1 " + answer);
        HttpClient ours = CachingHttpClient.newBuilder().proxy(selector).build();
        given.closing(ours::shutdownNow);
        HttpClient plain = plain(HttpClient.newBuilder());
        for (String url : new String[] {"https://origin.test/a", "http://origin.test/a"}) {
            for (String method : new String[] {"GET", "POST"}) {
                assertThat(seen(ours, url, method)).as("%s %s", method, url).isEqualTo(seen(plain, url, method));
            }
        }
    }

    /** An authenticator for a disabled scheme changes nothing. Basic is disabled for tunnels by default. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void a_client_with_an_authenticator_is_shown_the_same(String method) {
        answers("HTTP/1.1 407 Auth|" + CHALLENGE + "Content-Length: 0||");
        HttpClient authenticating = plain(HttpClient.newBuilder().authenticator(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication("u", "p".toCharArray());
            }
        }));
        HttpClient ours = CachingHttpClient.newBuilder().proxy(selector).build();
        given.closing(ours::shutdownNow);
        assertThat(seen(ours, "https://origin.test/a", method))
                .isEqualTo(seen(authenticating, "https://origin.test/a", method));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://origin.test/a", "http://origin.test/a"})
    void a_cache_names_the_proxy_that_wants_credentials(String url) {
        answers("HTTP/1.1 407 Auth|" + CHALLENGE + "Content-Length: 4||auth");
        HttpCache cache = given.cache(b -> b.configureClient(c -> c.proxy(selector)));
        Throwable thrown = catchThrowable(() -> cache.get(url));
        assertThat(thrown)
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("the proxy answered with status 407")
                .hasMessageContaining("Proxy-Authorization");
        assertThat(((StatusException) thrown).status()).hasValue(407);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 502, 503})
    void a_cache_names_the_proxy_that_opens_no_tunnel(int status) {
        answers("HTTP/1.1 " + status + " -|Content-Length: 0||");
        HttpCache cache = given.cache(b -> b.configureClient(c -> c.proxy(selector)));
        Throwable thrown = catchThrowable(() -> cache.get("https://origin.test/a"));
        assertThat(thrown)
                .isInstanceOf(FetchException.class)
                .hasMessageContaining("the proxy refused the tunnel to it with status " + status);
        assertThat(((FetchException) thrown).reason()).isEqualTo(Reason.CONNECT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Cache-Control: max-age=60|"})
    void a_407_is_not_stored(String says) {
        answers("HTTP/1.1 407 Auth|" + CHALLENGE + says + "Content-Length: 4||auth");
        HttpClient view = given.cache(b -> b.freshness(Freshness.http()).configureClient(c -> c.proxy(selector)))
                .asHttpClient();
        String first = seen(view, "http://origin.test/a", "GET");
        assertThat(first).startsWith("407 auth").contains("Basic realm");
        assertThat(seen(view, "http://origin.test/a", "GET")).isEqualTo(first);
        assertThat(proxy.requests()).hasSize(2);
    }
}
