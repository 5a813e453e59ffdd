package dev.fetchonce.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The checks after every test find the threads and connections that they look for. */
class InvariantsTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    @Test
    void threads_and_connections_of_a_cache_are_seen_while_they_are_there() {
        FakeOrigin origin = given.origin();
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("1");
        });
        HttpCache cache = given.cache();
        Crowd<JsonNode> caller = Crowd.one(() -> cache.get(origin.url("/a")));
        latch.awaitArrivals(1);

        assertThat(Invariants.threads().values())
                .anyMatch(name -> name.equals("fetchonce-flight " + origin.url("/a")))
                .anyMatch(name -> name.startsWith("HttpClient-"));
        assertThat(origin.connections()).isEqualTo(1);
        assertThat(Insides.fetchesInProgress(cache)).isEqualTo(1);
        latch.open();
        assertThat(caller.value().intValue()).isEqualTo(1);
        assertThat(origin.connections()).as("kept alive").isEqualTo(1);
    }
}
