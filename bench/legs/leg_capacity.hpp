#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// "capacity.KIND.PATH.calls_per_core" and what goes with it, first that of the leg that ships, by the path that ships, as
/// "capacity.g711_shipped.calls_per_core": the most legs that one core carries at no more
/// than 80 % of it, with the 99th percentile of a tick done within 2 ms of its time and nothing lost; of relayed ones the calls, of two
/// legs each, and how much later a packet leaves than it came. `self` is this program.
/// "conference.500.PATH.load" and what goes with it: as many as a conference has at most, on one core.
/// "capacity.plot.PATH.LEGS.load" and what goes with it: the first kind of leg, from 1 to more than a core carries.
/// A measurement throws std::runtime_error where there are not two cores, or io_uring is refused.
[[nodiscard]] std::vector<Measurement> leg_capacity_measurements(const std::string& self, const std::string& out);

}  // namespace offhook::bench
