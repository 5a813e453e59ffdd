package dev.fetchonce.benchmarks.scenarios;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/** Draws numbers from 1 on, the n-th with a chance of 1 to a power of n: a few of them time and again, most rarely. */
public final class Zipf implements IntSupplier {
    private final double[] cumulated;
    private final SplittableRandom random;

    /**
     * Draws from 1 to a bound.
     *
     * @param bound the largest number
     * @param skew the power; 1 is the classic, less is flatter
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
