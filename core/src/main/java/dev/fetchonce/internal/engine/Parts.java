package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.StoredResponse;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.json.UndecodableException;
import dev.fetchonce.internal.store.MemoryStore;
import java.lang.reflect.Type;
import java.util.concurrent.ExecutionException;

/** What the engine and its flights act through. */
record Parts(
        Policy policy,
        CacheClock clock,
        MemoryStore store,
        Permits permits,
        Origin origin,
        JsonBinder binder,
        Counters counters) {

    /**
     * A response's value of this type, decoded now if it has not been before.
     *
     * @throws UndecodableException when the body is not JSON or not of that type; remembered like a value
     */
    Object decoded(StoredResponse response, Type type) throws UndecodableException {
        var representation = response.representation();
        try {
            return representation
                    .forms()
                    .get(type, () -> binder.bind(representation.body(), representation.contentType(), type));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof UndecodableException undecodable) {
                throw undecodable;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("decoding failed without saying how", e);
        }
    }
}
