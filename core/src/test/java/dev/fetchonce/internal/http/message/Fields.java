package dev.fetchonce.internal.http.message;

import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Header fields and stored responses for the tests of these packages. */
public final class Fields {
    private Fields() {}

    /** Returns fields from names and values in turn; a repeated name gets another line. */
    public static HttpHeaders fields(String... namesAndValues) {
        Map<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            lines.computeIfAbsent(namesAndValues[i], name -> new ArrayList<>()).add(namesAndValues[i + 1]);
        }
        return HttpHeaders.of(lines, (name, value) -> true);
    }

    /** Returns a stored response that was selected for this request, fresh from 0 to 100 ns. */
    public static StoredResponse stored(HttpHeaders response, HttpHeaders request) {
        return stored(response, request, 100, 0);
    }

    public static StoredResponse stored(HttpHeaders response, HttpHeaders request, long ttl, long received) {
        return stored(response, request, Validity.ofTtl(ttl, 0, 0), received);
    }

    public static StoredResponse stored(Validity validity) {
        return stored(fields(), fields(), validity, 0);
    }

    public static StoredResponse stored(HttpHeaders response, HttpHeaders request, Validity validity, long received) {
        return new StoredResponse(
                TargetUri.parse("http://h/").text(),
                200,
                StoredFields.kept(response),
                new Representation(new byte[10], fields(), new ContentCodings(1, Map.of())),
                VarySelection.of(response, request),
                validity,
                received,
                Instant.EPOCH,
                ConnectionInfo.PLAIN);
    }

    public static StoredResponse stored(long ttl, long received) {
        return stored(fields(), fields(), ttl, received);
    }

    /** Returns a stored response with this status, a body of this length, and this time of receipt. */
    public static StoredResponse answered(int status, int length, Instant receivedAt, String... namesAndValues) {
        HttpHeaders response = fields(namesAndValues);
        return new StoredResponse(
                TargetUri.parse("http://h/").text(),
                status,
                StoredFields.kept(response),
                new Representation(new byte[length], fields(), new ContentCodings(1, Map.of())),
                VarySelection.of(response, fields()),
                Validity.ofTtl(100, 0, 0),
                0,
                receivedAt,
                ConnectionInfo.PLAIN);
    }

    /** Returns a random generator and prints its seed, which a failing test shows in its output. */
    public static Random random(String test) {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println(test + ": -Dseed=" + seed);
        return new Random(seed);
    }

    @SafeVarargs
    public static <T> T oneOf(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
