package dev.fetchonce.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.LiveHeap;
import java.net.http.HttpHeaders;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The heap that a stored document takes before any value is decoded from it, and the weight that the bound counts for
 * it.
 */
@Tag("heap")
class StoredDocumentHeapTest {
    private static final int DOCUMENTS = 5_000;
    private static final int BODY = 1_024;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    @Test
    void a_document_takes_its_bytes_and_at_most_300_more_and_is_weighed_as_what_it_takes() throws Exception {
        origin.on("/d", StoredDocumentHeapTest::document);
        HttpCache cache = given.cache(b -> b.maximumBytes(256L << 20));
        long own = 0;
        long weight = 0;
        long[] heaps = new long[3];
        for (int round = 0; round < heaps.length; round++) { // garbage of other tests may go meanwhile
            for (int i = 0; i < DOCUMENTS; i++) {
                CachedResponse stored = cache.fetch(url(i));
                own = bytes(stored.headers()) + BODY + stored.uri().toString().length();
            }
            weight = cache.stats().bytes() / DOCUMENTS;
            long full = LiveHeap.settledBytes(DOCUMENTS);
            cache.invalidateAll();
            heaps[round] = (full - LiveHeap.settledBytes(DOCUMENTS)) / DOCUMENTS;
        }
        Arrays.sort(heaps);
        long heap = heaps[1];
        assertThat(heap)
                .as("heap a document, of which %s are its own bytes", own)
                .isBetween(own, own + 300);
        assertThat((double) weight).as("weight").isBetween(heap * 0.85, heap * 1.15);
    }

    private String url(int i) {
        return origin.url("/d?document=%08d".formatted(i));
    }

    private static void document(Call call) throws Exception {
        String number = call.target().substring(call.target().length() - 8);
        call.json(
                "{\"number\":\"" + number + "\",\"text\":\"" + "x".repeat(BODY - 33) + "\"}",
                "Cache-Control: public, max-age=3600",
                "ETag: \"" + number + "-5f3a9c1e\"",
                "Date: Thu, 26 Nov 2026 12:00:00 GMT",
                "Server: origin/1.27.3",
                "Vary: Accept-Encoding");
    }

    private static long bytes(HttpHeaders headers) {
        return headers.map().entrySet().stream()
                .flatMapToLong(field -> field.getValue().stream()
                        .mapToLong(value -> field.getKey().length() + value.length()))
                .sum();
    }
}
