package dev.fetchonce.internal.json;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fields of a frozen object, in their order. Each entry is an immutable copy.
 *
 * <p>{@code Collections.unmodifiableMap} does not serve: {@code entrySet().toArray(Entry[]::new)} on it returns the
 * entries of the map beneath, whose {@code setValue} writes (JDK 21 to 25). Every other write goes through a method
 * that AbstractMap does not support: {@code put}, or the {@code remove} of its iterator.
 */
final class FrozenFields extends AbstractMap<String, JsonNode> {
    private final Map<String, JsonNode> fields;

    /**
     * Makes a view of the fields of a map. The caller must not write to that map any more.
     *
     * @param fields the fields, without null keys or values
     */
    FrozenFields(Map<String, JsonNode> fields) {
        this.fields = fields;
    }

    @Override
    public int size() {
        return fields.size();
    }

    @Override
    public @Nullable JsonNode get(@Nullable Object name) {
        return fields.get(name);
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return fields.containsKey(name);
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super JsonNode> action) {
        fields.forEach(action);
    }

    @Override
    public Set<Entry<String, JsonNode>> entrySet() {
        return new Entries();
    }

    private final class Entries extends AbstractSet<Entry<String, JsonNode>> {
        @Override
        public int size() {
            return fields.size();
        }

        @Override
        public Iterator<Entry<String, JsonNode>> iterator() {
            Iterator<Entry<String, JsonNode>> entries = fields.entrySet().iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return entries.hasNext();
                }

                @Override
                public Entry<String, JsonNode> next() {
                    return Map.Entry.copyOf(entries.next());
                }
            };
        }
    }
}
