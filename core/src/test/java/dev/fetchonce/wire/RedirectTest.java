package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.FakeOrigin.Script;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Each hop of a redirect is a URL of its own. The fields of a request for one origin do not reach another origin. */
class RedirectTest {
    private static final int CALLERS = 2_000;
    private static final Duration TTL = Duration.ofSeconds(20);
    private static final String BODY = "{\"of\":\"the redirect\"}";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final FakeOrigin other = given.origin();
    private final TestClock clock = new TestClock();

    private HttpCache cache() {
        return given.cache(b -> b.ttl(TTL).clock(clock::nanoTime, clock.wall()));
    }

    /** Returns a redirect with a body that no caller may get. */
    private static Script redirect(int status, String location) {
        return call -> call.send(
                status,
                BODY.getBytes(StandardCharsets.UTF_8),
                "Content-Type: application/json",
                "Location: " + location);
    }

    private FetchException refused(HttpCache cache, String path) {
        FetchException e = catchThrowableOfType(FetchException.class, () -> cache.get(origin.url(path)));
        assertThat(e).isNotNull();
        assertThat(e.reason()).as(e.toString()).isEqualTo(Reason.REDIRECT);
        assertThat(e).hasMessageContaining("redirect").hasMessageNotContaining(Invariants.SECRET);
        assertThat(cache.peek(origin.uri(path))).isEmpty();
        return e;
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_followed_and_the_answer_is_that_of_the_final_url(int status) throws Exception {
        origin.on("/from", redirect(status, "/to")).json("/to", "[1]");
        HttpCache cache = cache();
        CachedResponse response = cache.fetch(origin.url("/from"));
        assertThat(response.text()).isEqualTo("[1]");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.uri()).isEqualTo(origin.uri("/to"));
        assertThat(cache.get(origin.url("/from")).get(0).intValue()).isEqualTo(1);
        assertThat(cache.get(origin.url("/to")).get(0).intValue()).isEqualTo(1);
        assertThat(origin.requests("/to")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 305, 306, 399})
    void other_statuses_are_not_followed(int status) {
        origin.on("/from", redirect(status, "/to")).json("/to", "[1]");
        FetchException e = catchThrowableOfType(FetchException.class, () -> cache().fetch(origin.url("/from")));
        assertThat(e).isInstanceOf(StatusException.class);
        assertThat(e.status()).hasValue(status);
        assertThat(origin.requests("/to")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302})
    void five_hops_are_followed_and_the_sixth_is_refused(int status) throws Exception {
        for (int i = 0; i < 6; i++) {
            origin.on("/" + i, redirect(status, "/" + (i + 1)));
        }
        origin.json("/6", "[6]");
        HttpCache cache = cache();
        refused(cache, "/0");
        assertThat(origin.requests("/5")).isEqualTo(1);
        assertThat(origin.requests("/6")).isZero();

        CachedResponse response = cache().fetch(origin.url("/1"));
        assertThat(response.text()).isEqualTo("[6]");
        assertThat(response.uri()).isEqualTo(origin.uri("/6"));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302})
    void a_loop_is_refused(int status) {
        origin.on("/self", redirect(status, "/self#again"));
        origin.on("/a", redirect(status, "/b")).on("/b", redirect(status, "/c")).on("/c", redirect(status, "/a"));
        HttpCache cache = cache();
        refused(cache, "/self");
        refused(cache, "/a");
        refused(cache, "/b");
        assertThat(origin.requests()).as("nobody runs in circles").isLessThanOrEqualTo(18);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://[bad/?geheim",
                "http://?geheim",
                "//",
                "ftp://127.0.0.1/?geheim",
                "file:///etc/passwd?geheim",
                "javascript:geheim",
                "data:application/json,1",
                "http://u:geheim@127.0.0.1/",
                "http://h_x.test/?geheim",
                "http://127.0.0.1:99999/?geheim",
                "/%zz?geheim"
            })
    void a_location_that_cannot_be_followed_is_refused(String location) {
        origin.on("/from", redirect(302, location));
        refused(cache(), "/from");
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_redirect_with_two_locations_is_refused_and_one_without_is_a_status_like_others() {
        origin.on("/without", call -> call.status(302)).json("/to", "1").json("/or-to", "1");
        origin.on("/two", call -> call.status(302, "Location: /to", "Location: /or-to"));
        HttpCache cache = cache();
        assertThatThrownBy(() -> cache.get(origin.url("/without")))
                .isInstanceOfSatisfying(
                        StatusException.class, e -> assertThat(e.status()).hasValue(302));
        refused(cache, "/two");
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_bad_redirect_does_not_cost_the_good_answer() throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        for (String location : List.of("ftp://127.0.0.1/", "/a", "")) {
            clock.advance(TTL.plusSeconds(1));
            origin.on("/a", redirect(302, location));
            CachedResponse stale = cache.fetch(origin.url("/a"));
            assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
            assertThat(stale.text()).isEqualTo("[1]");
        }
    }

    @Test
    void a_stored_url_that_begins_to_redirect_gives_the_new_answer() throws Exception {
        origin.json("/a", "[1]").json("/b", "[2]");
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        clock.advance(TTL.plusSeconds(1));
        origin.on("/a", redirect(301, "/b"));
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 308})
    void a_permanent_redirect_is_remembered_for_the_ttl(int status) throws Exception {
        origin.on("/from", redirect(status, "/to")).json("/to", "[1]");
        HttpCache cache = cache();
        for (int i = 0; i < 3; i++) {
            assertThat(cache.fetch(origin.url("/from")).uri()).isEqualTo(origin.uri("/to"));
        }
        assertThat(origin.requests("/from")).isEqualTo(1);
        assertThat(cache.peek(origin.uri("/from")).orElseThrow().uri()).isEqualTo(origin.uri("/to"));

        clock.advance(TTL.plusSeconds(1));
        origin.on("/from", redirect(status, "/new")).json("/new", "[2]");
        assertThat(cache.fetch(origin.url("/from")).text()).isEqualTo("[2]");
        assertThat(origin.requests("/from")).isEqualTo(2);

        assertThat(cache.invalidate(origin.uri("/from"))).isTrue();
        cache.fetch(origin.url("/from"));
        assertThat(origin.requests("/from")).isEqualTo(3);
        assertThat(origin.requests("/new")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 303, 307})
    void a_temporary_redirect_is_asked_for_again(int status) throws Exception {
        origin.on("/from", redirect(status, "/to")).json("/to", "[1]").json("/new", "[2]");
        HttpCache cache = cache();
        assertThat(cache.fetch(origin.url("/from")).text()).isEqualTo("[1]");
        assertThat(cache.peek(origin.uri("/from"))).isEmpty();
        assertThat(cache.peek(origin.uri("/to"))).isPresent();
        origin.on("/from", redirect(status, "/new"));
        assertThat(cache.fetch(origin.url("/from")).text()).isEqualTo("[2]");
        assertThat(origin.requests("/from")).isEqualTo(2);
    }

    @Test
    void the_status_of_the_final_url_is_the_outcome() {
        origin.on("/from", redirect(302, "/gone")).on("/gone", call -> call.status(404));
        FetchException e = catchThrowableOfType(FetchException.class, () -> cache().fetch(origin.url("/from")));
        assertThat(e).isInstanceOf(StatusException.class);
        assertThat(e.status()).hasValue(404);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302})
    void many_callers_send_one_request_for_each_hop(int status) throws Exception {
        Latch first = given.latch();
        Latch second = given.latch();
        origin.on("/from", call -> {
            first.pass();
            redirect(status, status == 301 ? "/over" : "/to").answer(call); // a 302 is not stored
        });
        origin.on("/over", redirect(status, "/to"));
        origin.on("/to", call -> {
            second.pass();
            call.json("[1]");
        });
        HttpCache cache = cache();
        Crowd<JsonNode> crowd = Crowd.of(CALLERS, () -> cache.get(origin.url("/from")));
        Await.until("all have joined", () -> Insides.joined(cache) >= CALLERS);
        first.open();
        second.awaitArrivals(1);
        second.open();
        assertThat(crowd.values())
                .allSatisfy(tree -> assertThat(tree.get(0).intValue()).isEqualTo(1));
        assertThat(origin.requests("/from")).isEqualTo(1);
        assertThat(origin.requests("/over")).isEqualTo(status == 301 ? 1 : 0);
        assertThat(origin.requests("/to")).isEqualTo(1);
    }

    private HttpRequest withSecrets(String path) {
        return HttpRequest.newBuilder(origin.uri(path))
                .header("Authorization", "Bearer " + Invariants.SECRET)
                .header("Cookie", "id=" + Invariants.SECRET)
                .header("X-Api-Key", Invariants.SECRET)
                .build();
    }

    @Test
    void the_fields_of_a_caller_are_sent_to_every_url_of_its_origin() throws Exception {
        origin.on("/from", redirect(302, origin.url("/to"))).json("/to", "[1]");
        assertThat(cache().fetch(withSecrets("/from")).text()).isEqualTo("[1]");
        for (String name : List.of("Authorization", "Cookie", "X-Api-Key")) {
            assertThat(origin.calls("/to").getFirst().field(name)).as(name).isPresent();
        }
    }

    @Test
    void no_field_of_a_caller_reaches_another_origin() throws Exception {
        origin.on("/from", call -> call.status(301, "Location: " + other.url("/over"), "ETag: \"1\""));
        other.on("/over", redirect(302, "/to")).json("/to", "[1]");
        HttpCache cache = cache();
        for (int i = 0; i < 2; i++) { // the second time by the stored redirect
            assertThat(cache.fetch(withSecrets("/from")).text()).isEqualTo("[1]");
        }
        assertThat(origin.calls("/from").getFirst().field("Authorization")).isPresent();
        assertThat(other.requests()).isBetween(2, 3);
        for (String path : List.of("/over", "/to")) {
            assertThat(other.calls(path)).allSatisfy(call -> {
                assertThat(call.fields().toString()).doesNotContain(Invariants.SECRET);
                assertThat(call.fields()).doesNotContainKeys("Authorization", "Cookie", "X-Api-Key", "If-None-Match");
                assertThat(call.fields()).doesNotContainKeys("Referer", "Origin");
            });
        }
    }

    @Test
    void a_redirect_of_one_user_is_not_that_of_another() throws Exception {
        origin.on(
                "/from",
                call -> redirect(301, call.field("Authorization").isPresent() ? "/mine" : "/all")
                        .answer(call));
        origin.json("/mine", "[\"mine\"]").json("/all", "[\"all\"]");
        HttpCache cache = cache();
        assertThat(cache.fetch(withSecrets("/from")).text()).isEqualTo("[\"mine\"]");
        assertThat(cache.fetch(origin.url("/from")).text()).isEqualTo("[\"all\"]");
        assertThat(cache.fetch(withSecrets("/from")).text()).isEqualTo("[\"mine\"]");
    }

    @Test
    void every_hop_must_be_allowed() throws Exception {
        Queue<URI> asked = new ConcurrentLinkedQueue<>();
        origin.on("/from", redirect(301, "/over")).on("/over", redirect(301, other.url("/to?" + Invariants.SECRET)));
        other.json("/to", "[1]");
        HttpCache cache = given.cache(b -> b.allowedUrls(uri -> {
            asked.add(uri);
            return uri.getPort() == origin.port();
        }));
        for (int i = 0; i < 2; i++) { // the second time by the stored redirect
            FetchException e = catchThrowableOfType(FetchException.class, () -> cache.get(origin.url("/from")));
            assertThat(e).isNotNull();
            assertThat(e.reason()).isEqualTo(Reason.REDIRECT);
            assertThat(e).hasMessageContaining("allowedUrls").hasMessageNotContaining(Invariants.SECRET);
        }
        assertThat(asked).contains(origin.uri("/from"), origin.uri("/over"), other.uri("/to?" + Invariants.SECRET));
        assertThat(other.requests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "to",
                "./to",
                "../x/to",
                "/x/to",
                "/y/../x/to",
                "to#part",
                "/x/to#",
                "HTTP://127.0.0.1:PORT/x/to",
                "//127.0.0.1:PORT/x/to",
                "http://127.0.0.1:PORT/x/./to#a?b"
            })
    void a_location_is_resolved_against_the_url_that_redirects(String location) throws Exception {
        origin.on("/x/from", redirect(302, location.replace("PORT", String.valueOf(origin.port()))));
        origin.json("/x/to", "[1]");
        CachedResponse response = cache().fetch(origin.url("/x/from?q#start"));
        assertThat(response.text()).isEqualTo("[1]");
        assertThat(response.uri()).isEqualTo(origin.uri("/x/to"));
        assertThat(origin.calls("/x/to").getFirst().target()).isEqualTo("/x/to");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/t\u00f6?\u00e4", "/t%C3%B6?%C3%A4", "/t\u00f6?%C3%A4"})
    void a_location_beyond_ascii_is_taken_as_utf_8(String location) throws Exception {
        origin.on("/from", redirect(302, location)).json("/t%C3%B6", "[1]");
        CachedResponse response = cache().fetch(origin.url("/from"));
        assertThat(response.text()).isEqualTo("[1]");
        assertThat(origin.calls("/t%C3%B6").getFirst().target()).isEqualTo("/t%C3%B6?%C3%A4");
        assertThat(response.uri()).isEqualTo(origin.uri("/t%C3%B6?%C3%A4"));
    }

    @Test
    void a_location_that_is_only_a_query_keeps_the_path() throws Exception {
        origin.on("/a", call -> {
            if (call.target().equals("/a")) {
                redirect(302, "?q=%2f").answer(call);
            } else {
                call.json("[1]");
            }
        });
        assertThat(cache().fetch(origin.url("/a")).uri()).isEqualTo(origin.uri("/a?q=%2f"));
    }

    @Test
    void an_api_key_of_the_cache_does_not_reach_another_origin_by_a_redirect() throws Exception {
        origin.on("/a", call -> call.status(302, "Location: " + other.url("/b")));
        other.json("/b", "[1]");
        HttpCache cache = given.cache(b -> b.header("X-Api-Key", "geheim"));
        cache.get(origin.url("/a"));
        assertThat(other.calls("/b").getFirst().field("X-Api-Key")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302})
    void a_redirect_to_an_origin_that_is_down_does_not_cost_the_good_answer(int status) throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        other.down();
        origin.on("/a", call -> call.status(status, "Location: " + other.url("/b")));
        clock.advance(TTL);
        try {
            assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
        } finally {
            other.up();
        }
    }

    @Test
    void a_permanent_redirect_to_a_host_that_is_not_allowed_does_not_cost_the_good_answer() throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = given.cache(b ->
                b.ttl(TTL).clock(clock::nanoTime, clock.wall()).allowedUrls(uri -> uri.getPort() == origin.port()));
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(301, "Location: " + other.url("/b")));
        clock.advance(TTL);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
    }

    @Test
    void a_redirect_that_is_refused_is_counted() throws Exception {
        origin.on("/a", call -> call.status(302, "Location: /b"));
        origin.on("/b", call -> call.status(302, "Location: /a"));
        HttpCache cache = cache();
        assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
        assertThat(cache.stats().failures()).containsEntry(Reason.REDIRECT, 1L);
    }

    @Test
    void a_redirect_that_its_fetch_refuses_is_counted_once() throws Exception {
        origin.on("/a", call -> call.status(302, "Location: /b", "Location: /c"));
        HttpCache cache = cache();
        assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
        assertThat(cache.stats().failures()).containsExactlyEntriesOf(Map.of(Reason.REDIRECT, 1L));
    }

    @Test
    void a_look_at_stored_redirects_counts_no_failure() throws Exception {
        origin.on("/a", call -> call.status(301, "Location: /b"));
        origin.on("/b", call -> call.status(301, "Location: /a"));
        HttpCache cache = cache();
        assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        assertThat(cache.stats().failures()).containsExactlyEntriesOf(Map.of(Reason.REDIRECT, 1L));
    }

    @Test
    void patience_that_ends_on_a_hop_is_served_as_patience() throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        clock.advance(TTL);
        Latch latch = given.latch();
        origin.on("/a", call -> call.status(302, "Location: /b"));
        origin.on("/b", call -> {
            latch.pass();
            call.json("[2]");
        });
        CachedResponse response = cache.fetch(HttpRequest.newBuilder(origin.uri("/a"))
                .timeout(Duration.ofMillis(1500))
                .build());
        latch.open();
        assertThat(response.text()).isEqualTo("[1]");
        assertThat(response.served()).isEqualTo(Served.STALE_PATIENCE);
    }

    @Test
    void an_answer_by_a_stale_redirect_is_served_as_stale() throws Exception {
        origin.on("/a", call -> call.status(301, "Location: " + other.url("/b")));
        other.on("/b", call -> call.json("[" + call.number() + "]"));
        HttpCache cache = cache();
        assertThat(cache.fetch(origin.url("/a")).stale()).isFalse();
        clock.advance(TTL);
        origin.down();
        try {
            CachedResponse response = cache.fetch(origin.url("/a"));
            assertThat(response.text()).isEqualTo("[2]");
            assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
        } finally {
            origin.up();
        }
    }

    @Test
    void a_stored_answer_stands_in_at_the_soft_timeout_for_a_redirect_that_leads_to_a_url_that_hangs()
            throws Exception {
        HttpCache cache =
                given.cache(b -> b.ttl(TTL).softTimeout(Duration.ofMillis(50)).clock(clock::nanoTime, clock.wall()));
        origin.json("/x", "[1]");
        cache.get(origin.url("/x"));
        clock.advance(TTL.multipliedBy(2));
        origin.on("/x", redirect(302, "/login"));
        Latch latch = given.latch();
        origin.on("/login", call -> {
            latch.pass();
            call.json("[2]");
        });
        assertThat(cache.fetch(origin.url("/x")).text()).isEqualTo("[1]");
        latch.open();
        Await.until(
                "the redirect has an answer",
                () -> cache.fetch(origin.url("/x")).text().equals("[2]"));
    }

    @Test
    void a_stored_answer_that_stands_in_for_a_broken_target_of_a_redirect_has_the_trouble_of_the_target()
            throws Exception {
        HttpCache cache = cache();
        origin.json("/x", "[1]");
        cache.get(origin.url("/x"));
        clock.advance(TTL.multipliedBy(2));
        origin.on("/x", redirect(302, "/broken"));
        origin.on("/broken", call -> call.status(503));
        CachedResponse stale = cache.fetch(origin.url("/x"));
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(stale.trouble())
                .hasValueSatisfying(trouble -> assertThat(trouble.message()).contains("/broken"));
    }
}
