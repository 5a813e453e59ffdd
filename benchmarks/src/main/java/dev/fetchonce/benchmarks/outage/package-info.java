/**
 * A simulation of outages in virtual time. The backoffs are those of the library; the host, the callers and the flights
 * are models. It shows what an outage costs: requests at the origin, waits and failures of callers, and the time from
 * the return of the origin until each URL is fresh.
 */
@NullMarked
package dev.fetchonce.benchmarks.outage;

import org.jspecify.annotations.NullMarked;
