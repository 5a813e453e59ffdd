package dev.fetchonce.internal.json;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fields of a small frozen object, in their order, in one array: a third of the heap that a hash table takes. No
 * method writes to the map, and each entry is an immutable copy.
 */
final class FewFields extends AbstractMap<String, JsonNode> {
    /** The greatest number of fields: above it, a look-up by hash is faster than a walk. */
    static final int MOST = 8;

    /** Each name, followed by its value. */
    private final Object[] namesAndValues;

    /**
     * Makes a map of these fields.
     *
     * @param namesAndValues each name, followed by its value; the caller must not write to the array any more
     */
    FewFields(Object[] namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    @Override
    public int size() {
        return namesAndValues.length / 2;
    }

    @Override
    public @Nullable JsonNode get(@Nullable Object name) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                return value(i);
            }
        }
        return null;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return get(name) != null;
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super JsonNode> action) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            action.accept(name(i), value(i));
        }
    }

    @Override
    public Set<Entry<String, JsonNode>> entrySet() {
        return new Entries();
    }

    private String name(int at) {
        return (String) namesAndValues[at];
    }

    private JsonNode value(int at) {
        return (JsonNode) namesAndValues[at + 1];
    }

    private final class Entries extends AbstractSet<Entry<String, JsonNode>> {
        @Override
        public int size() {
            return FewFields.this.size();
        }

        @Override
        public Iterator<Entry<String, JsonNode>> iterator() {
            return new Iterator<>() {
                private int at;

                @Override
                public boolean hasNext() {
                    return at < namesAndValues.length;
                }

                @Override
                public Entry<String, JsonNode> next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    Entry<String, JsonNode> entry = Map.entry(name(at), value(at));
                    at += 2;
                    return entry;
                }
            };
        }
    }
}
