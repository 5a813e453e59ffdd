package dev.fetchonce.internal.http.stored;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All stored responses of one key: the variants that {@code Vary} distinguishes, the newest first. Immutable except for
 * its memo; a landing replaces the set.
 */
public final class VariantSet {
    /** The most variants; beyond it the oldest leaves. An origin that varies on User-Agent must not fill the cache. */
    static final int MAX_VARIANTS = 64;

    /**
     * The heap of a set besides its variants, in bytes, with its place in the store and its key's string. The memo
     * counts with the decoded value, whose weight is a coarser estimate.
     */
    private static final long OBJECTS = 40 + 96 + 44;

    /** The heap of a second string for the URL, and of the store's list of such keys for it. */
    private static final long PARTITIONED = 44 + 150;

    private final String url;
    private final String text;
    private final StoredResponse newest;
    private final List<StoredResponse> older;
    private final int weight;
    private final Revalidation revalidation;

    /** A plain field: a thread sees a complete memo, or does not see it yet and makes one of its own. */
    private @Nullable HitMemo value;

    private VariantSet(String url, String text, List<StoredResponse> variants, Revalidation revalidation) {
        this.revalidation = revalidation;
        this.url = url;
        this.text = text;
        this.newest = variants.getFirst();
        this.older = List.copyOf(variants.subList(1, variants.size()));
        long sum = OBJECTS + text.length() + (partitioned() ? PARTITIONED + url.length() : 0);
        for (StoredResponse variant : variants) {
            sum += variant.weight();
        }
        this.weight = (int) Math.min(sum, Integer.MAX_VALUE);
    }

    /** Returns the set that holds this response besides its former variants. */
    public static VariantSet landed(@Nullable VariantSet set, CacheKey key, StoredResponse response) {
        List<StoredResponse> variants = new ArrayList<>();
        variants.add(response);
        if (set != null) {
            Object same = response.selection().fingerprint();
            for (StoredResponse variant : set.variants()) {
                // A success stays behind the redirect that replaces it: it may have to stand in for the target of the
                // redirect.
                boolean replaced =
                        variant.selection().fingerprint().equals(same) && (response.success() || !variant.success());
                if (variants.size() < MAX_VARIANTS && !replaced) {
                    variants.add(variant);
                }
            }
        }
        // The former set has equal strings, one of which is the key in the store.
        return set == null ? new VariantSet(key.url(), key.text(), variants, Revalidation.BY_TAG) : set.with(variants);
    }

    private VariantSet with(List<StoredResponse> others) {
        return new VariantSet(url, text, others, revalidation);
    }

    /** Returns the set whose responses are revalidated this way from now on, unless it already has a later way. */
    public VariantSet revalidated(Revalidation way) {
        if (way == revalidation) {
            return this;
        }
        Revalidation both = way.and(revalidation);
        return both == revalidation ? this : new VariantSet(url, text, variants(), both);
    }

    /** Returns the way to revalidate its responses. */
    public Revalidation revalidation() {
        return revalidation;
    }

    /**
     * Returns the set with one of its responses replaced, or removed when {@code by} is null. Returns this set when it
     * no longer holds that response, and null when no response is left.
     */
    public @Nullable VariantSet replaced(StoredResponse old, @Nullable StoredResponse by) {
        List<StoredResponse> changed = new ArrayList<>(variants());
        int at = changed.indexOf(old);
        if (at < 0) {
            return this;
        }
        changed.remove(at);
        if (by != null) {
            changed.add(at, by);
        }
        return changed.isEmpty() ? null : with(changed);
    }

    /** Returns the set without the responses that such a request selects; null when no response is left. */
    public @Nullable VariantSet dropped(HttpHeaders request) {
        return without(variant -> variant.selection().matches(request));
    }

    /**
     * Returns the set without the responses that such a request selects and that all callers may have; null when no
     * response is left.
     */
    public @Nullable VariantSet droppedForAll(HttpHeaders request) {
        return without(variant -> variant.terms().placement() == Validity.Placement.COMMON
                && variant.selection().matches(request));
    }

    private @Nullable VariantSet without(Predicate<StoredResponse> those) {
        List<StoredResponse> left = new ArrayList<>(variants());
        left.removeIf(those);
        return left.isEmpty() ? null : with(left);
    }

    /** Returns an equal set with a new weight, after a value was decoded. */
    public VariantSet weighed() {
        return with(variants());
    }

    /**
     * Returns the stored response in a set for such a request, or null; null also for no set. Allocates nothing in the
     * common case.
     */
    public static @Nullable StoredResponse selected(@Nullable VariantSet set, HttpHeaders request) {
        return set == null ? null : set.select(request);
    }

    /**
     * Returns the response that a fetch may revalidate, and that may stand in if the fetch fails. It is the selected
     * response, or the success behind a remembered failure.
     */
    public static @Nullable StoredResponse standing(@Nullable VariantSet set, HttpHeaders request) {
        StoredResponse selected = selected(set, request);
        return set != null && selected != null && selected.negative() ? set.success(request) : selected;
    }

    /** Returns the newest stored success for such a request, or null; redirects before it are passed over. */
    public @Nullable StoredResponse success(HttpHeaders request) {
        for (StoredResponse variant : variants()) {
            if (variant.success() && variant.selection().matches(request)) {
                return variant;
            }
        }
        return null;
    }

    /**
     * Returns the newest stored response for such a request, or null. A response without Vary is the last choice: some
     * origins leave the field out when they answer a request without preferences (RFC 9111 §4.1).
     */
    public @Nullable StoredResponse select(HttpHeaders request) {
        if (older.isEmpty()) {
            return newest.selection().matches(request) ? newest : null;
        }
        StoredResponse last = null;
        for (int i = 0; i < size(); i++) {
            StoredResponse variant = i == 0 ? newest : older.get(i - 1);
            if (variant.selection().matches(request)) {
                if (variant.selection().varies()) {
                    return variant;
                }
                last = last == null ? variant : last;
            }
        }
        return last;
    }

    /** Returns all responses of the set, the newest first. */
    public List<StoredResponse> variants() {
        if (older.isEmpty()) {
            return List.of(newest);
        }
        List<StoredResponse> variants = new ArrayList<>(size());
        variants.add(newest);
        variants.addAll(older);
        return List.copyOf(variants);
    }

    /**
     * Returns the value that distinguishes requests under this key, by the newest response's Vary: a part of the key of
     * a flight.
     */
    public Object selecting(HttpHeaders request) {
        return newest.selection().forRequest(request).fingerprint();
    }

    /** Returns the memo of an earlier hit for a plain request, or null. */
    public @Nullable HitMemo value() {
        return value;
    }

    /** Remembers the result of a hit for a plain request. */
    public void remember(HitMemo given) {
        value = given;
    }

    /** Returns the normal form of the URL. */
    public String url() {
        return url;
    }

    /** Returns the text of the key. */
    public String text() {
        return text;
    }

    /** Reports whether the text of the key is more than the URL. */
    public boolean partitioned() {
        return text.length() != url.length();
    }

    /** Returns the number of responses, at least one. */
    public int size() {
        return 1 + older.size();
    }

    /** Returns an estimate of the heap of the set, in bytes. */
    public int weight() {
        return weight;
    }
}
