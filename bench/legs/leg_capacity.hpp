#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Returns "capacity.KIND.PATH.calls_per_core" and the rows that belong to it: the largest number of legs that one core carries. The limits
/// are a load of 80 %, a tick completed within 2 ms at the 99th percentile, and no loss. For relayed legs, the row is the number of calls
/// of two legs each, and further rows are the delay that the relay adds to a packet. The default leg on the default path comes first and
/// has the name "capacity.g711_shipped.calls_per_core". `self` is this program. "conference.500.PATH.load" and the rows that belong to it
/// measure one core with the largest conference. "capacity.plot.PATH.LEGS.load" and the rows that belong to it measure the first kind of
/// leg, from 1 leg to more than a core carries. A measurement throws std::runtime_error if the machine does not have two cores, or if the
/// system refuses io_uring.
[[nodiscard]] std::vector<Measurement> leg_capacity_measurements(const std::string& self, const std::string& out);

}  // namespace offhook::bench
