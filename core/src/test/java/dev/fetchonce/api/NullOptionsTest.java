package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.CachingHttpClientBuilder;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An option gets null, or application code returns null. The exception has a sentence that names the option or the
 * code.
 */
class NullOptionsTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private record Case(String told, Consumer<HttpCache.Builder> give) {
        @Override
        public String toString() {
            return told;
        }
    }

    private static Case of(String told, Consumer<HttpCache.Builder> give) {
        return new Case(told, give);
    }

    static Stream<Case> nulls() {
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                of("timeout null", b -> b.timeout(null)),
                of("firstTimeout null", b -> b.firstTimeout(null)),
                of("connectTimeout null", b -> b.connectTimeout(null)),
                of("patience null", b -> b.patience(null)),
                of("the name of a header null", b -> b.header(null, "a")),
                of("the value of header X-A null", b -> b.header("X-A", null)),
                of("requestCustomizer null", b -> b.requestCustomizer(null)),
                of("allowedUrls null", b -> b.allowedUrls(null)),
                of("configureClient null", b -> b.configureClient(null)),
                of("httpClient null", b -> b.httpClient(null)),
                of("jsonMapper null", b -> b.jsonMapper(null)),
                of("clock null", b -> b.clock(null)),
                of("nanoTime null", b -> b.clock(null, InstantSource.system())),
                of("wallClock null", b -> b.clock((LongSupplier) System::nanoTime, null)),
                of("cacheName null", b -> b.cacheName(null)),
                of("ttl null", b -> b.ttl((Duration) null)),
                of("ttl null", b -> b.ttl((Function<URI, Duration>) null)),
                of("freshness null", b -> b.freshness(null)),
                of("ttl null", b -> b.freshness(Freshness.ttl(null))),
                of("heuristicMaximum null", b -> b.freshness(Freshness.http().heuristic(0.1, null))),
                of("targetedFields null", b -> b.freshness(Freshness.http().targetedFields(null))),
                of(
                        "a name in targetedFields null",
                        b -> b.freshness(Freshness.http().targetedFields(Arrays.asList("A", null)))),
                of("staleIfError null", b -> b.staleIfError(null)),
                of("staleWhileRevalidate null", b -> b.staleWhileRevalidate(null)),
                of("negativeTtl null", b -> b.negativeTtl(404, null)),
                of("keyHeaders null", b -> b.keyHeaders((String[]) null)),
                of("a name in keyHeaders null", b -> b.keyHeaders("A", null)),
                of("partitionBy null", b -> b.partitionBy(null)),
                of("backoff first null", b -> b.backoff(null, second)),
                of("backoff maximum null", b -> b.backoff(second, null)),
                of("softTimeout null", b -> b.softTimeout(null)),
                of("staleIfStatus null", b -> b.staleIfStatus(null)));
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void an_option_that_is_null_is_refused_by_its_name(Case option) {
        assertThatThrownBy(() -> option.give.accept(HttpCache.builder()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(option.told + " is refused; to have the default, leave it out");
    }

    @ParameterizedTest
    @MethodSource("clientNulls")
    void an_option_of_a_client_that_is_null_is_refused_by_its_name(
            String option, Consumer<CachingHttpClientBuilder> give) {
        assertThatThrownBy(() -> give.accept(CachingHttpClient.newBuilder()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(option + " null is refused; to have the default, leave it out");
    }

    static Stream<Arguments> clientNulls() {
        return Stream.of(
                clientNull("connectTimeout", b -> b.connectTimeout(null)),
                clientNull("sslContext", b -> b.sslContext(null)),
                clientNull("sslParameters", b -> b.sslParameters(null)),
                clientNull("executor", b -> b.executor(null)),
                clientNull("policy", b -> b.followRedirects(null)),
                clientNull("version", b -> b.version(null)),
                clientNull("proxySelector", b -> b.proxy(null)));
    }

    private static Arguments clientNull(String option, Consumer<CachingHttpClientBuilder> give) {
        return Arguments.of(option, give);
    }

    @Test
    void a_configuring_function_that_returns_null_is_named() {
        assertThatThrownBy(() -> HttpCache.builder().configureClient(b -> null).build())
                .hasMessage("configureClient returned null; it must return the builder that it is given");
        assertThatThrownBy(() -> CachingHttpClient.newBuilder().cache(b -> null).build())
                .hasMessage("the cache function returned null; it must return the builder that it is given");
        assertThatThrownBy(() -> CachingHttpClient.newBuilder().cache(null)).hasMessageStartingWith("cache null");
    }

    @Test
    void a_function_of_each_request_that_returns_null_is_named() {
        FakeOrigin origin = given.origin().json("/a", "[1]");
        assertThatThrownBy(
                        () -> HttpCache.builder().partitionBy(headers -> null).build())
                .hasMessage("the partitionBy function of this cache returned null; it must return a text, which may be"
                        + " empty");
        HttpCache partitioned = given.cache(b -> b.partitionBy(NullOptionsTest::nullForSome));
        HttpRequest some =
                HttpRequest.newBuilder(origin.uri("/a")).header("X-A", "1").build();
        assertThatThrownBy(() -> partitioned.fetch(some)).hasMessageContaining("the partitionBy function");
        HttpCache timed = given.cache(b -> b.ttl((Function<URI, Duration>) uri -> null));
        assertThatThrownBy(() -> timed.get(origin.url("/a")))
                .hasMessageContaining("the ttl function of this cache returned null; it must be zero or more");
        HttpCache late = given.cache(b -> b.ttl(uri -> Duration.ofSeconds(-3)));
        assertThatThrownBy(() -> late.get(origin.url("/a")))
                .hasMessageContaining("returned -3 s; it must be zero or more");
        HttpCache changed = given.cache(b -> b.requestCustomizer(request -> null));
        assertThatThrownBy(() -> changed.get(origin.url("/a")))
                .hasMessageContaining(
                        "the requestCustomizer function of this cache returned null; it must return a request");
    }

    @Test
    void a_clock_that_returns_null_is_named() throws Exception {
        String sentence = "the clock of this cache returned null; it must return an instant";
        assertThatThrownBy(() -> HttpCache.builder().clock(() -> null).build()).hasMessage(sentence);
        assertThatThrownBy(() ->
                        HttpCache.builder().clock(System::nanoTime, () -> null).build())
                .hasMessage(sentence);
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        FakeOrigin origin = given.origin().json("/a", "[1]");
        HttpCache cache = given.cache(b -> b.clock(now::get));
        cache.get(origin.url("/a"));
        now.set(null);
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).cause().hasMessage(sentence);
    }

    private static String nullForSome(HttpHeaders headers) {
        return headers.firstValue("X-A").isPresent() ? null : "";
    }

    @Test
    void a_null_argument_of_a_method_is_named() throws Exception {
        FakeOrigin origin = given.origin().json("/a", "[1]");
        CachedResponse response = given.cache().fetch(origin.url("/a"));
        assertThatThrownBy(() -> response.decode(null)).hasMessageStartingWith("decoder null");
        assertThatThrownBy(() -> response.as((Class<Object>) null)).hasMessageStartingWith("type null");
    }
}
