#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Returns "capacity.KIND.PATH.calls_per_core" and the rows that belong to it: the most legs that one core carries. The limits are a load of 80 %, a
/// tick completed within 2 ms at the 99th percentile, and no loss. For relayed legs it returns calls of two legs each, and the delay that the relay
/// adds to a packet. The default leg on the default path is first and has the name "capacity.g711_shipped.calls_per_core". `self` is this program.
/// "conference.500.PATH.load" and the rows that belong to it measure one core with the most members that a conference can have.
/// "capacity.plot.PATH.LEGS.load" and the rows that belong to it measure the first kind of leg, from 1 leg to more than a core carries.
/// A measurement throws std::runtime_error on a machine without two cores, or when the system refuses io_uring.
[[nodiscard]] std::vector<Measurement> leg_capacity_measurements(const std::string& self, const std::string& out);

}  // namespace offhook::bench
