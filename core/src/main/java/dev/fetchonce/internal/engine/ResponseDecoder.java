package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.json.UndecodableException;
import dev.fetchonce.internal.store.MemoryStore;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** The decoder of stored bodies: each response is decoded once to each type. Thread-safe. */
public final class ResponseDecoder {
    private final JsonBinder binder;
    private final Duration patience;
    private final MemoryStore store;
    private final Recorder recorder;

    /**
     * Makes the decoder of one cache.
     *
     * @param patience the longest wait of a caller that sets no patience
     */
    ResponseDecoder(JsonBinder binder, Duration patience, MemoryStore store, Recorder recorder) {
        this.binder = binder;
        this.patience = patience;
        this.store = store;
        this.recorder = recorder;
    }

    /** Returns the deadline of a caller that sets no patience; it starts now. */
    public Deadline patience() {
        return Deadline.after(patience);
    }

    /**
     * Returns the response decoded to this type, for a caller that has the response; the store weighs it anew.
     *
     * @param key the key of the request
     * @param patience the longest wait for another thread that decodes it
     * @throws UndecodableException when the body is not JSON, or not of that type
     * @throws ContentCodings.CodingException when its content codings cannot be undone
     * @throws TimeoutException when patience ended first
     * @throws InterruptedException when the calling thread is or becomes interrupted while it waits
     */
    public Object value(StoredResponse response, CacheKey key, Type type, Deadline patience)
            throws UndecodableException, ContentCodings.CodingException, TimeoutException, InterruptedException {
        Object known = response.representation().known(type);
        if (known != null) {
            return known;
        }
        Object decoded;
        try {
            decoded = decoded(response, type, patience);
        } catch (TimeoutException e) {
            recorder.callFailed(TargetUri.of(response.uri()).origin(), Reason.PATIENCE);
            throw e;
        }
        store.reweigh(key);
        return decoded;
    }

    /**
     * Returns the response decoded to this type; decodes it now if no call has done so before.
     *
     * @param patience the longest wait for another thread that decodes it
     * @throws UndecodableException when the body is not JSON or not of that type; remembered like a value
     * @throws ContentCodings.CodingException when its content codings cannot be undone; remembered as well
     * @throws TimeoutException when patience ended first
     */
    Object decoded(StoredResponse response, Type type, Deadline patience)
            throws UndecodableException, ContentCodings.CodingException, InterruptedException, TimeoutException {
        var representation = response.representation();
        String place = response.url() + " " + type.getTypeName();
        try {
            Object decoded = representation
                    .forms()
                    .get(
                            type,
                            () -> {
                                byte[] content = representation.content();
                                Object value = binder.bind(content, representation.contentType(), type);
                                representation.decoded(JsonBinder.weight(content.length, type, value));
                                return value;
                            },
                            patience);
            recorder.userCodeSucceeded(place);
            return decoded;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UndecodableException undecodable) {
                recorder.userCodeFailed(place, response.undecodable(undecodable));
                throw undecodable;
            }
            if (e.getCause() instanceof ContentCodings.CodingException uncodable) {
                recorder.userCodeFailed(place, response.uncodable(uncodable));
                throw uncodable;
            }
            throw new IllegalStateException("decoding failed for an unknown reason", e);
        }
    }

    /**
     * Checks that the content is a JSON document. It keeps no decoded value.
     *
     * @throws UndecodableException when it is no such document
     * @throws ContentCodings.CodingException when its content codings cannot be undone
     */
    void requireJson(StoredResponse response) throws UndecodableException, ContentCodings.CodingException {
        var representation = response.representation();
        binder.check(representation.content(), representation.contentType());
    }

    /** Returns whether the content is one JSON document that cannot be the beginning of another. */
    boolean isWholeJson(StoredResponse response) {
        try {
            var representation = response.representation();
            return binder.isWhole(representation.content(), representation.contentType());
        } catch (ContentCodings.CodingException e) {
            return false;
        }
    }
}
