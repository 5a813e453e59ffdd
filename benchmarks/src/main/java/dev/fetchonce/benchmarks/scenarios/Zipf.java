package dev.fetchonce.benchmarks.scenarios;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/**
 * A Zipf distribution: the number n has a chance in proportion to 1 / n to a power. A few numbers come very often and
 * most numbers rarely.
 */
public final class Zipf implements IntSupplier {
    private final double[] cumulated;
    private final SplittableRandom random;

    /**
     * Makes a source of numbers from 1 to a bound.
     *
     * @param bound the largest number
     * @param skew the power; 1 is the classic value, and a smaller one is flatter
     */
    public Zipf(int bound, double skew, SplittableRandom random) {
        this.cumulated = new double[bound];
        this.random = random;
        double sum = 0;
        for (int i = 0; i < bound; i++) {
            sum += 1 / Math.pow(i + 1, skew);
            cumulated[i] = sum;
        }
    }

    @Override
    public int getAsInt() {
        double drawn = random.nextDouble() * cumulated[cumulated.length - 1];
        int found = Arrays.binarySearch(cumulated, drawn);
        return (found < 0 ? -found - 1 : found) + 1;
    }
}
