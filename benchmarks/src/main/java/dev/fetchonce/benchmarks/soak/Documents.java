package dev.fetchonce.benchmarks.soak;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The documents of one origin. Immutable. */
final class Documents {
    private final List<Document> all;
    private final Map<String, Document> byPath;

    /** Makes so many documents. */
    Documents(int count) {
        this.all = IntStream.range(0, count)
                .mapToObj(number -> new Document("/page/" + number))
                .toList();
        this.byPath = all.stream().collect(Collectors.toMap(Document::path, Function.identity()));
    }

    List<Document> all() {
        return all;
    }

    /** Returns the document with this path. */
    Document at(String path) {
        Document document = byPath.get(path);
        if (document == null) {
            throw new IllegalArgumentException("there is no document at " + path);
        }
        return document;
    }
}
