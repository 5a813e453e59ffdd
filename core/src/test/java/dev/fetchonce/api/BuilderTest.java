package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.lang.reflect.Proxy;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every option has tests of its range, of repeated values and of its combinations. The message shows the refused value.
 */
class BuilderTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin().json("/a", "[1]");

    /** An option, and the call that sets it. */
    record Option(String name, Function<HttpCache.Builder, HttpCache.Builder> give) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Option option(String name, Function<HttpCache.Builder, HttpCache.Builder> give) {
        return new Option(name, give);
    }

    static Stream<Option> options() {
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                option("ttl", b -> b.ttl(second)),
                option("ttl", b -> b.ttl(uri -> second)),
                option("timeout", b -> b.timeout(second)),
                option("firstTimeout", b -> b.firstTimeout(second)),
                option("connectTimeout", b -> b.connectTimeout(second)),
                option("patience", b -> b.patience(second)),
                option("staleIfError", b -> b.staleIfError(second)),
                option("maximumBytes", b -> b.maximumBytes(1L << 30)),
                option("maximumBodyBytes", b -> b.maximumBodyBytes(1)),
                option("connectionsPerOrigin", b -> b.connectionsPerOrigin(1)),
                option("header user-agent", b -> b.header("User-Agent", "x")),
                option("requestCustomizer", b -> b.requestCustomizer(request -> request)),
                option("keyHeaders", b -> b.keyHeaders()),
                option("allowedUrls", b -> b.allowedUrls(uri -> true)),
                option("configureClient", b -> b.configureClient(client -> client)),
                option("jsonMapper", b -> b.jsonMapper(JsonMapper.shared())),
                option("duplicateKeys", b -> b.duplicateKeys(false)),
                option("backoff", b -> b.backoff(second, second)),
                option("retries", b -> b.retries(0)),
                option("softTimeout", b -> b.softTimeout(second)),
                option("staleWhileRevalidate", b -> b.staleWhileRevalidate(second)),
                option("refreshAhead", b -> b.refreshAhead(0.5)),
                option("ttlJitter", b -> b.ttlJitter(0.5)),
                option("backgroundFetches", b -> b.backgroundFetches(1)),
                option("negativeTtl 404", b -> b.negativeTtl(404, second)),
                option("staleIfStatus", b -> b.staleIfStatus(status -> false)),
                option("cancelAbandoned", b -> b.cancelAbandoned(true)),
                option("maximumWaiters", b -> b.maximumWaiters(1)),
                option("freshness", b -> b.freshness(Freshness.http())),
                option("shareErrors", b -> b.shareErrors(false)),
                option("partitionBy", b -> b.partitionBy(fields -> "")),
                option("cacheName", b -> b.cacheName("Mine")),
                option("clock", b -> b.clock(InstantSource.system())),
                option("clock", b -> b.clock(System::nanoTime, InstantSource.system())));
    }

    @ParameterizedTest
    @MethodSource("options")
    void an_option_returns_the_builder_and_may_be_given_again(Option option) {
        HttpCache.Builder builder = HttpCache.builder();
        assertThat(option.give.apply(builder)).isSameAs(builder);
        assertThat(option.give.apply(builder)).isSameAs(builder);
    }

    private static <T> T refuse() {
        throw new IllegalStateException("the first value counts");
    }

    private static HttpClient ended() {
        HttpClient client = HttpClient.newHttpClient();
        client.shutdownNow();
        return client;
    }

    /**
     * Options that are set twice. With the first value the build or each call fails; with the second value both work.
     */
    static Stream<Option> corrected() {
        Duration second = Duration.ofSeconds(30);
        Duration instant = Duration.ofNanos(1);
        return Stream.of(
                option("timeout", b -> b.timeout(instant).timeout(second)),
                option("firstTimeout", b -> b.firstTimeout(instant).firstTimeout(second)),
                option("connectTimeout", b -> b.connectTimeout(instant).connectTimeout(second)),
                option("patience", b -> b.patience(instant).patience(second)),
                option(
                        "maximumBytes",
                        b -> b.maximumBodyBytes(1000).maximumBytes(1).maximumBytes(100_000)),
                option("maximumBodyBytes", b -> b.maximumBodyBytes(1).maximumBodyBytes(1000)),
                option("ttl", b -> b.ttl(uri -> refuse()).ttl(second)),
                option(
                        "ttl after freshness",
                        b -> b.freshness(Freshness.http()).ttl(second).ttlJitter(0.1)),
                option("freshness after ttl", b -> b.ttl(uri -> refuse()).freshness(Freshness.http())),
                option(
                        "ttlJitter",
                        b -> b.freshness(Freshness.http()).ttlJitter(0.1).ttlJitter(0)),
                option(
                        "requestCustomizer",
                        b -> b.requestCustomizer(request -> refuse()).requestCustomizer(request -> request)),
                option("allowedUrls", b -> b.allowedUrls(uri -> false).allowedUrls(uri -> true)),
                option(
                        "configureClient",
                        b -> b.configureClient(client -> refuse()).configureClient(client -> client)),
                option("partitionBy", b -> b.partitionBy(fields -> refuse()).partitionBy(fields -> "")),
                option("clock", b -> b.clock(() -> refuse()).clock(InstantSource.system())));
    }

    @ParameterizedTest
    @MethodSource("corrected")
    void the_last_value_of_an_option_counts(Option option) throws Exception {
        FakeOrigin origin = given.origin().json("/a", "[1,2,3]");
        try (HttpCache cache = option.give.apply(HttpCache.builder()).build()) {
            assertThat(cache.get(origin.url("/a")).size()).isEqualTo(3);
        }
    }

    @Test
    void the_last_client_counts() throws Exception {
        FakeOrigin origin = given.origin().json("/a", "[1,2,3]");
        try (HttpClient last = HttpClient.newHttpClient();
                HttpCache cache =
                        HttpCache.builder().httpClient(ended()).httpClient(last).build()) {
            assertThat(cache.get(origin.url("/a")).size()).isEqualTo(3);
        }
    }

    @Test
    void the_last_value_of_a_header_counts_however_its_name_is_written() throws Exception {
        FakeOrigin origin = given.origin();
        origin.on("/a", call -> call.json("[" + call.field("X-A").orElse("0") + "]"));
        try (HttpCache cache = HttpCache.builder()
                .header("X-A", "1")
                .header("X-B", "1")
                .header("x-a", "2")
                .build()) {
            assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(2);
        }
    }

    @Test
    void the_last_time_of_a_status_counts() throws Exception {
        FakeOrigin origin = given.origin();
        origin.on("/a", call -> call.status(404));
        try (HttpCache cache = HttpCache.builder()
                .negativeTtl(404, Duration.ofNanos(1))
                .negativeTtl(404, Duration.ofDays(1))
                .build()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
            }
            assertThat(origin.requests()).isEqualTo(1);
        }
    }

    @Test
    void all_options_together_make_a_cache() throws Exception {
        HttpCache.Builder builder = HttpCache.builder();
        options().forEach(option -> {
            Set<String> left = Set.of("ttl", "freshness", "clock", "maximumBodyBytes");
            if (!left.contains(option.name)) {
                assertThat(option.give.apply(builder)).isSameAs(builder);
            }
        });
        try (HttpCache cache = builder.build()) {
            assertThat(cache.get(origin.url("/a")).size()).isEqualTo(1);
        }
    }

    static Stream<Arguments> outOfRange() {
        Duration less = Duration.ofSeconds(-3);
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                Arguments.of("ttl -3 s", option("", b -> b.ttl(less))),
                Arguments.of("timeout 0 s", option("", b -> b.timeout(Duration.ZERO))),
                Arguments.of("timeout -3 s", option("", b -> b.timeout(less))),
                Arguments.of("firstTimeout 0 s", option("", b -> b.firstTimeout(Duration.ZERO))),
                Arguments.of("firstTimeout -3 s", option("", b -> b.firstTimeout(less))),
                Arguments.of("connectTimeout 0 s", option("", b -> b.connectTimeout(Duration.ZERO))),
                Arguments.of("connectTimeout -3 s", option("", b -> b.connectTimeout(less))),
                Arguments.of("patience 0 s", option("", b -> b.patience(Duration.ZERO))),
                Arguments.of("patience -3 s", option("", b -> b.patience(less))),
                Arguments.of("staleIfError -3 s", option("", b -> b.staleIfError(less))),
                Arguments.of("maximumBytes 0", option("", b -> b.maximumBytes(0))),
                Arguments.of("maximumBytes -5", option("", b -> b.maximumBytes(-5))),
                Arguments.of("maximumBodyBytes 0", option("", b -> b.maximumBodyBytes(0))),
                Arguments.of("maximumBodyBytes -5", option("", b -> b.maximumBodyBytes(-5))),
                Arguments.of("maximumBodyBytes 2147483647", option("", b -> b.maximumBodyBytes(Integer.MAX_VALUE))),
                Arguments.of("connectionsPerOrigin 0", option("", b -> b.connectionsPerOrigin(0))),
                Arguments.of("connectionsPerOrigin -5", option("", b -> b.connectionsPerOrigin(-5))),
                Arguments.of("connectionsPerOrigin 65536", option("", b -> b.connectionsPerOrigin(65_536))),
                Arguments.of("backoff first -3 s", option("", b -> b.backoff(less, second))),
                Arguments.of("backoff maximum 0 s", option("", b -> b.backoff(second, Duration.ZERO))),
                Arguments.of("backoff maximum -3 s", option("", b -> b.backoff(Duration.ZERO, less))),
                Arguments.of("backoff maximum 999 ms", option("", b -> b.backoff(second, second.minusNanos(1)))),
                Arguments.of("retries -1", option("", b -> b.retries(-1))),
                Arguments.of("retries 11", option("", b -> b.retries(11))),
                Arguments.of("softTimeout -3 s", option("", b -> b.softTimeout(less))),
                Arguments.of("staleWhileRevalidate -3 s", option("", b -> b.staleWhileRevalidate(less))),
                Arguments.of("refreshAhead 0.0", option("", b -> b.refreshAhead(0))),
                Arguments.of("refreshAhead 1.1", option("", b -> b.refreshAhead(1.1))),
                Arguments.of("refreshAhead NaN", option("", b -> b.refreshAhead(Double.NaN))),
                Arguments.of("ttlJitter -0.1", option("", b -> b.ttlJitter(-0.1))),
                Arguments.of("ttlJitter 1.1", option("", b -> b.ttlJitter(1.1))),
                Arguments.of("ttlJitter NaN", option("", b -> b.ttlJitter(Double.NaN))),
                Arguments.of("backgroundFetches 0", option("", b -> b.backgroundFetches(0))),
                Arguments.of("backgroundFetches 65536", option("", b -> b.backgroundFetches(65_536))),
                Arguments.of("negativeTtl status 399", option("", b -> b.negativeTtl(399, second))),
                Arguments.of("negativeTtl status 600", option("", b -> b.negativeTtl(600, second))),
                Arguments.of("negativeTtl 0 s", option("", b -> b.negativeTtl(404, Duration.ZERO))),
                Arguments.of("maximumWaiters 0", option("", b -> b.maximumWaiters(0))),
                Arguments.of("maximumWaiters 100000001", option("", b -> b.maximumWaiters(100_000_001))),
                Arguments.of("'a b'", option("", b -> b.keyHeaders("Accept", "a b"))),
                Arguments.of("''", option("", b -> b.keyHeaders(""))),
                Arguments.of("accept is given twice", option("", b -> b.keyHeaders("Accept", "accept"))));
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void a_value_out_of_range_is_refused_with_the_value_in_the_message(String refused, Option option) {
        assertThatThrownBy(() -> option.give.apply(HttpCache.builder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(refused);
    }

    static Stream<Option> extremes() {
        Duration never = Duration.ofSeconds(Long.MAX_VALUE);
        return Stream.of(
                option("ttl", b -> b.ttl(never)),
                option("ttl 0", b -> b.ttl(Duration.ZERO)),
                option("timeout", b -> b.timeout(never)),
                option("firstTimeout", b -> b.firstTimeout(never)),
                option("firstTimeout and timeout", b -> b.timeout(never).firstTimeout(never)),
                option("connectTimeout", b -> b.connectTimeout(never)),
                option("patience", b -> b.patience(never)),
                option("patience and timeout", b -> b.patience(never).timeout(never)),
                option("staleIfError", b -> b.staleIfError(never)),
                option("staleIfError 0", b -> b.staleIfError(Duration.ZERO)),
                option("ttl and staleIfError", b -> b.ttl(never).staleIfError(never)),
                option("maximumBytes", b -> b.maximumBytes(Long.MAX_VALUE)),
                option("maximumBytes 1", b -> b.maximumBytes(1).maximumBodyBytes(1)),
                option("backoff", b -> b.backoff(never, never)),
                option("backoff 1 ns", b -> b.backoff(Duration.ofNanos(1), Duration.ofNanos(1))),
                option("backoff off", b -> b.backoff(Duration.ZERO, Duration.ZERO)),
                option("retries", b -> b.retries(10)),
                option("softTimeout", b -> b.softTimeout(never)),
                option("softTimeout 0", b -> b.softTimeout(Duration.ZERO)),
                option("staleWhileRevalidate", b -> b.staleWhileRevalidate(never)),
                option("all of staleness", b -> b.ttl(never).staleIfError(never).staleWhileRevalidate(never)),
                option("refreshAhead", b -> b.refreshAhead(Double.MIN_VALUE)),
                option("refreshAhead 1", b -> b.refreshAhead(1)),
                option("ttlJitter 1", b -> b.ttlJitter(1).ttl(never)),
                option("backgroundFetches", b -> b.backgroundFetches(65_535)),
                option("negativeTtl", b -> b.negativeTtl(400, never).negativeTtl(599, never)),
                option("maximumWaiters", b -> b.maximumWaiters(100_000_000)),
                option("maximumWaiters 1", b -> b.maximumWaiters(1)),
                option("maximumBodyBytes", b -> b.maximumBytes(1L << 40).maximumBodyBytes(Integer.MAX_VALUE - 8)),
                option("connectionsPerOrigin", b -> b.connectionsPerOrigin(65_535)));
    }

    @ParameterizedTest
    @MethodSource("extremes")
    void values_at_the_ends_of_the_ranges_work(Option option) throws Exception {
        origin.json("/b", "1");
        try (HttpCache cache = option.give.apply(HttpCache.builder()).build()) {
            for (int i = 0; i < 3; i++) {
                assertThat(cache.get(origin.url("/b")).intValue()).isEqualTo(1);
            }
            cache.refresh(HttpRequest.newBuilder(origin.uri("/b"))
                    .timeout(Duration.ofSeconds(Long.MAX_VALUE))
                    .build());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "Content-Length", "connection", "Upgrade", "Expect", "a b", "", "X:Y"})
    void a_header_that_cannot_be_sent_is_refused_without_its_value(String name) {
        assertThatThrownBy(() -> HttpCache.builder().header(name, Invariants.SECRET))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("header")
                .hasMessageContaining(name)
                .hasMessageNotContaining(Invariants.SECRET)
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"If-None-Match", "if-match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"})
    void a_condition_as_a_header_is_refused(String name) {
        assertThatThrownBy(() -> HttpCache.builder().header(name, Invariants.SECRET))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageNotContaining(Invariants.SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"geheim\r\nX-Evil: 1", "geheim\n", "geheim\0", "geheim\u20AC"})
    void a_header_value_that_cannot_be_sent_is_refused_and_not_shown(String value) {
        assertThatThrownBy(() -> HttpCache.builder().header("X-Token", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X-Token")
                .hasMessageNotContaining(Invariants.SECRET)
                .hasNoCause();
    }

    @Test
    void a_body_that_could_never_be_stored_is_a_contradiction() {
        assertThatThrownBy(() -> HttpCache.builder()
                        .maximumBytes(1_000)
                        .maximumBodyBytes(2_000)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("2000")
                .hasMessageContaining("1000");
    }

    @Test
    void a_client_of_ones_own_cannot_be_configured_here() {
        HttpClient client = given.closing(HttpClient.newHttpClient());
        assertThatThrownBy(() -> HttpCache.builder()
                        .httpClient(client)
                        .connectTimeout(Duration.ofSeconds(1))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("connectTimeout cannot be combined with httpClient");
        assertThatThrownBy(() -> HttpCache.builder()
                        .httpClient(client)
                        .configureClient(builder -> builder)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("configureClient cannot be combined with httpClient");
    }

    static Stream<Arguments> unfit() {
        Authenticator authenticator = new Authenticator() {};
        return Stream.of(
                Arguments.of("NORMAL", client(b -> b.followRedirects(HttpClient.Redirect.NORMAL))),
                Arguments.of("ALWAYS", client(b -> b.followRedirects(HttpClient.Redirect.ALWAYS))),
                Arguments.of("cookie handler", client(b -> b.cookieHandler(new CookieManager()))),
                Arguments.of("authenticator", client(b -> b.authenticator(authenticator))));
    }

    private static Function<HttpClient.Builder, HttpClient.Builder> client(
            Function<HttpClient.Builder, HttpClient.Builder> configure) {
        return configure;
    }

    /** The extension checks that the builder ends the client that it made and then refused. */
    @ParameterizedTest
    @MethodSource("unfit")
    void a_client_that_does_things_behind_the_caches_back_is_refused(
            String what, Function<HttpClient.Builder, HttpClient.Builder> configure) {
        HttpClient client =
                given.closing(configure.apply(HttpClient.newBuilder()).build());
        assertThatThrownBy(() -> HttpCache.builder().httpClient(client).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
        assertThatThrownBy(() ->
                        HttpCache.builder().configureClient(configure::apply).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }

    @Test
    void null_is_refused_by_every_option() {
        assertThatThrownBy(() -> HttpCache.builder().ttl((Duration) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().timeout(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().header("X", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().header(null, "x")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().requestCustomizer(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().allowedUrls(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().keyHeaders((String) null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().clock(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().backoff(null, Duration.ofSeconds(1)))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().backoff(Duration.ofSeconds(1), null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().softTimeout(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().staleWhileRevalidate(null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().negativeTtl(404, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().staleIfStatus(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> HttpCache.builder().httpClient(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void headers_and_the_requests_function_change_what_is_sent_and_the_key_stays() throws Exception {
        int[] token = new int[1];
        HttpCache cache = given.cache(b -> b.ttl(Duration.ZERO)
                .header("User-Agent", "mine/1.0")
                .header("Accept", "application/json")
                .requestCustomizer(request -> HttpRequest.newBuilder(request, (name, value) -> true)
                        .setHeader("Authorization", "Bearer " + token[0]++)
                        .build()));
        cache.get(origin.url("/a"));
        cache.get(origin.url("/a"));
        cache.fetch(HttpRequest.newBuilder(origin.uri("/a"))
                .header("User-Agent", "other")
                .build());
        assertThat(origin.calls("/a"))
                .extracting(call -> call.field("Authorization").orElseThrow())
                .containsExactly("Bearer 0", "Bearer 1", "Bearer 2");
        assertThat(origin.calls("/a"))
                .extracting(call -> call.field("User-Agent").orElseThrow())
                .containsExactly("mine/1.0", "mine/1.0", "other");
        assertThat(cache.stats().entries()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uri", "method"})
    void a_requests_function_must_not_send_something_else(String what) {
        HttpCache cache = given.cache(b -> b.requestCustomizer(request -> what.equals("uri")
                ? HttpRequest.newBuilder(origin.uri("/b")).build()
                : HttpRequest.newBuilder(request.uri()).DELETE().build()));
        assertThatThrownBy(() -> cache.get(origin.url("/a")))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.APPLICATION));
        assertThat(origin.requests()).isZero();
    }

    @Test
    void the_default_client_offers_no_upgrade_and_sends_no_condition_of_its_own() throws Exception {
        given.cache().get(origin.url("/a"));
        assertThat(origin.calls("/a").getFirst().fields())
                .doesNotContainKeys("Upgrade", "HTTP2-Settings", "If-None-Match", "If-Modified-Since", "Cookie");
    }

    @Test
    void a_builder_makes_caches_that_know_nothing_of_each_other() throws Exception {
        HttpCache.Builder builder = HttpCache.builder().header("X-A", "1");
        try (HttpCache one = builder.build();
                HttpCache two = builder.header("X-B", "2").build()) {
            one.get(origin.url("/a"));
            assertThat(two.peek(origin.uri("/a"))).isEmpty();
            two.get(origin.url("/a"));
            assertThat(origin.calls("/a").get(0).field("X-B")).isEmpty();
            assertThat(origin.calls("/a").get(1).field("X-B")).hasValue("2");
        }
    }

    @Test
    void a_cache_of_all_defaults_stores_and_serves_a_hit() throws Exception {
        try (HttpCache cache = HttpCache.create()) {
            assertThat(cache.get(origin.url("/a")).size()).isEqualTo(1);
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        }
    }

    @Test
    void a_refused_value_may_be_given_again_corrected() {
        HttpCache.Builder builder = HttpCache.builder();
        assertThatThrownBy(() -> builder.timeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.header("X", "a\nb")).isInstanceOf(IllegalArgumentException.class);
        builder.timeout(Duration.ofSeconds(2)).header("X", "ab").build().close();
    }

    @Test
    void a_small_cache_needs_no_smaller_bodies_to_be_asked_for() {
        HttpCache.builder().maximumBytes(1_000).build().close();
    }

    static Stream<UnaryOperator<HttpCache.Builder>> failing() {
        return Stream.of(
                b -> b.clock(() -> null),
                b -> b.partitionBy(fields -> {
                    throw new IllegalStateException("the application's");
                }));
    }

    @ParameterizedTest
    @MethodSource("failing")
    void a_build_that_fails_leaves_no_client_open(UnaryOperator<HttpCache.Builder> options) {
        AtomicReference<HttpClient> made = new AtomicReference<>();
        HttpCache.Builder builder =
                options.apply(HttpCache.builder().configureClient(client -> (HttpClient.Builder) Proxy.newProxyInstance(
                        BuilderTest.class.getClassLoader(),
                        new Class<?>[] {HttpClient.Builder.class},
                        (proxy, method, arguments) -> {
                            made.set((HttpClient) method.invoke(client, arguments));
                            return made.get();
                        })));
        assertThatThrownBy(builder::build).isInstanceOf(RuntimeException.class);
        Await.until("the client has ended", () -> made.get().isTerminated());
    }
}
