package dev.fetchonce.wire;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.TestClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Faults of a server that is not ours. No caller gets a wrong body, and callers get the stale response where there is
 * one.
 */
class WireMockFaultsTest {
    private static final WireMockServer SERVER =
            new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));

    @RegisterExtension
    final Invariants given = new Invariants();

    private final TestClock clock = new TestClock();

    @BeforeAll
    static void start() {
        SERVER.start();
    }

    @AfterAll
    static void stop() {
        SERVER.stop();
    }

    @BeforeEach
    void reset() {
        SERVER.resetAll();
    }

    private void answer(ResponseDefinitionBuilder response) {
        SERVER.resetAll();
        SERVER.stubFor(any(anyUrl()).willReturn(response));
    }

    private static ResponseDefinitionBuilder good(String body) {
        return aResponse()
                .withStatus(200)
                .withHeader("Content-Type", "application/json")
                .withBody(body);
    }

    private static int requests() {
        return SERVER.findAll(anyRequestedFor(anyUrl())).size();
    }

    private HttpCache cache(Duration timeout) {
        return given.impatient(b -> b.timeout(timeout)
                .softTimeout(Duration.ofMinutes(1))
                .firstTimeout(timeout)
                .patience(Duration.ofSeconds(40))
                .clock(clock::nanoTime, clock.wall()));
    }

    @ParameterizedTest
    @EnumSource
    void a_fault_is_a_failure_and_never_an_answer(Fault fault) throws Exception {
        HttpCache cache = cache(Duration.ofSeconds(30));
        answer(aResponse().withStatus(200).withFault(fault));
        Crowd<JsonNode> crowd = Crowd.of(20, () -> cache.get(SERVER.baseUrl() + "/absent?geheim"));
        List<Throwable> thrown = crowd.thrown();
        assertThat(thrown).allSatisfy(e -> {
            assertThat(e).isInstanceOf(FetchException.class);
            assertThat(((FetchException) e).reason()).isIn(Reason.BROKEN, Reason.PROTOCOL);
            assertThat(e.toString() + e.getCause()).doesNotContain("geheim");
        });

        SERVER.resetRequests();
        FetchException e = catchThrowableOfType(FetchException.class, () -> cache.fetch(SERVER.baseUrl() + "/absent"));
        assertThat(e).isNotNull();
        assertThat(requests())
                .as("the JDK repeats a GET that died before any byte")
                .isBetween(1, 2);

        answer(good("[1]"));
        JsonNode tree = cache.get(SERVER.baseUrl() + "/a");
        clock.advance(Duration.ofMinutes(1));
        answer(aResponse().withStatus(200).withFault(fault));
        CachedResponse stale = cache.fetch(SERVER.baseUrl() + "/a");
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(stale.json()).isSameAs(tree);
        answer(good("[2]"));
        assertThat(cache.fetch(SERVER.baseUrl() + "/a").text()).isEqualTo("[2]");
    }

    @Test
    void a_dribbled_body_is_taken_whole_or_not_at_all() throws Exception {
        String body = "[" + "1,".repeat(500) + "1]";
        answer(good(body).withChunkedDribbleDelay(20, 200));
        assertThat(cache(Duration.ofSeconds(30)).fetch(SERVER.baseUrl() + "/a").text())
                .isEqualTo(body);

        answer(good(body).withChunkedDribbleDelay(20, 20_000));
        HttpCache hasty = cache(Duration.ofMillis(500));
        FetchException e = catchThrowableOfType(FetchException.class, () -> hasty.get(SERVER.baseUrl() + "/a"));
        assertThat(e.reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(hasty.peek(java.net.URI.create(SERVER.baseUrl() + "/a"))).isEmpty();
    }

    @Test
    void an_answer_that_comes_too_late_is_a_timeout_and_covered() throws Exception {
        HttpCache cache = cache(Duration.ofSeconds(1));
        answer(good("[1]"));
        dev.fetchonce.testing.Await.until("it is stored", () -> {
            try {
                return cache.get(SERVER.baseUrl() + "/a").size() == 1;
            } catch (FetchTimeoutException slowMachine) {
                return false;
            }
        });
        clock.advance(Duration.ofMinutes(1));
        answer(good("[2]").withFixedDelay(3_000));
        CachedResponse stale = cache.fetch(SERVER.baseUrl() + "/a");
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(stale.text()).isEqualTo("[1]");
    }

    @Test
    void a_body_in_many_chunks_is_put_together() throws Exception {
        String body = "\"" + "ä€😀".repeat(20_000) + "\"";
        answer(good(body).withChunkedDribbleDelay(50, 100));
        CachedResponse response = cache(Duration.ofSeconds(30)).fetch(SERVER.baseUrl() + "/a");
        assertThat(response.text()).isEqualTo(body);
        assertThat(response.json().stringValue()).hasSize(80_000);
    }
}
