#include <offhook/bench/legs/leg_capacity.hpp>

#include <offhook/bench/legs/capacity_plot.hpp>
#include <offhook/bench/legs/leg_plan.hpp>
#include <offhook/bench/legs/notes.hpp>
#include <offhook/bench/process.hpp>
#include <offhook/media/conference/conference.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace offhook::bench {

namespace {

constexpr int kMostTries = 3;   // repetitions when a run is late or loses packets at a load below kMaxLoad; another guest of the host may be the cause
constexpr std::size_t kFirstTry = 400, kMostLegs = 4000, kSteps = 5;

struct Try {
  std::size_t legs = 0;
  HostFigures figures;
  double load_late_ms = 0;                     // largest lateness of the load process itself
  double added_p50_ms = 0, added_p99_ms = 0;   // delay of relayed packets between two sockets of the load process
  [[nodiscard]] bool clean() const { return figures.load <= kMaxLoad && figures.late_p99_ms < kMaxLateMs && figures.lost == 0; }
};

Try measure_once(LegPlan plan, const std::string& self) {
  for (const auto* note : {"load", "host", "talking", "figures", "load_figures"}) std::filesystem::remove(plan.file(note));
  const std::string file = plan.file("plan");
  write_plan(plan, file);
  Process load({self, "--legs-load", file}, plan.file("load.log"));
  Process host({self, "--legs-host", file}, plan.file("host.log"));
  if (host.wait() != 0) throw std::runtime_error("the process that hosts the legs failed: see " + plan.file("host.log"));
  load.terminate();
  (void)load.wait();
  const auto figures = wait_for_note(plan, "figures");
  Try done{plan.legs, {figures.at("load").get<double>(), figures.at("late_p99_ms").get<double>(), figures.at("missed").get<double>(), figures.at("kb_per_leg").get<double>(), {}}};
  if (figures.contains("kernel_share")) done.figures.kernel_share = figures.at("kernel_share").get<double>();
  const auto load_figures = wait_for_note(plan, "load_figures");
  done.load_late_ms = load_figures.at("late_worst_ms").get<double>();
  fmt::print(stderr, "  {} legs of {} by {}: {:.1f} % of a core, p99 {:.2f} ms, {:.0f} missed, {:.1f} kB per leg; the load was at most {:.2f} ms late\n", plan.legs,
             plan.kind.name, media::to_string(plan.path), 100 * done.figures.load, done.figures.late_p99_ms, done.figures.lost, done.figures.kb_per_leg,
             done.load_late_ms);
  if (done.figures.kernel_share) fmt::print(stderr, "    the kernel takes {:.1f} % of that load\n", 100 * *done.figures.kernel_share);
  if (!plan.kind.relays) return done;
  done.added_p50_ms = load_figures.at("added_p50_ms").get<double>();
  done.added_p99_ms = load_figures.at("added_p99_ms").get<double>();
  fmt::print(stderr, "    {} packets were relayed; median added delay {:.2f} ms, 99th percentile {:.2f} ms\n", load_figures.at("passed").get<std::uint64_t>(),
             done.added_p50_ms, done.added_p99_ms);
  return done;
}

Try measure(const LegPlan& plan, const std::string& self) {
  Try done = measure_once(plan, self);
  for (int tries = 1; tries < kMostTries && !done.clean() && done.figures.load <= kMaxLoad; ++tries) done = measure_once(plan, self);
  return done;
}

/// Searches for the largest number of legs within the limits. Each try measures the load of a leg. The next number of legs is computed from
/// this load.
Try find_most(LegPlan plan, const std::string& self) {
  Try best;
  std::size_t too_many = kMostLegs + 1;
  plan.legs = kFirstTry;
  for (std::size_t step = 0; step < kSteps; ++step) {
    const Try done = measure(plan, self);
    if (done.clean()) best = done.legs > best.legs ? done : best;
    else too_many = std::min(too_many, done.legs);
    double next = static_cast<double>(done.legs) * kMaxLoad / std::max(done.figures.load, 0.01) * 0.985;
    if (next >= static_cast<double>(too_many)) next = static_cast<double>(best.legs + too_many) / 2;
    plan.legs = std::min(static_cast<std::size_t>(next) / 20 * 20, kMostLegs);
    if (plan.legs <= best.legs || plan.legs >= too_many) break;
  }
  return best;
}

std::vector<Result> measure_conference(const std::string& name, const LegPlan& plan, const std::string& self) {
  const auto figures = measure_once(plan, self).figures;
  return {{name + ".load", "%", 100 * figures.load, {}},
          {name + ".tick_p99_ms", "ms", figures.late_p99_ms, {}},
          {name + ".missed", "frames", figures.lost, {}},
          {name + ".rss_kb_per_leg", "kB", figures.kb_per_leg, {}}};
}

void add_kernel_share(const std::string& name, const HostFigures& figures, std::vector<Result>& results) {
  if (figures.kernel_share) results.push_back({name, "% of load", 100 * *figures.kernel_share, {}});
}

/// Measures the load with `plan.legs` legs. Does not require that the result is within the limits. The plot shows the load from one leg to
/// a full core.
std::vector<Result> measure_plotted(const LegPlan& plan, const std::string& self) {
  const auto name = [&](std::string_view what) { return plotted_row(media::to_string(plan.path), plan.legs, what); };
  const auto figures = measure_once(plan, self).figures;
  std::vector<Result> results = {{name("load"), "%", 100 * figures.load, {}}};
  add_kernel_share(name("kernel_share"), figures, results);
  results.push_back({name("tick_p99_ms"), "ms", figures.late_p99_ms, {}});
  results.push_back({name("missed"), "frames", figures.lost, {}});
  return results;
}

std::vector<Result> measure_most(const std::string& name, const LegPlan& plan, const std::string& self) {
  const Try most = find_most(plan, self);
  if (most.legs == 0) throw std::runtime_error("no measured number of legs was within the limits");
  const bool relays = plan.kind.relays;
  std::vector<Result> results = {{name + ".calls_per_core", relays ? "calls" : "legs", static_cast<double>(most.legs) / (relays ? 2 : 1), {}},
                                 {name + ".load", "%", 100 * most.figures.load, {}}};
  add_kernel_share(name + ".kernel_share", most.figures, results);
  results.push_back({name + ".tick_p99_ms", "ms", most.figures.late_p99_ms, {}});
  if (relays) results.push_back({name + ".added_p50_ms", "ms", most.added_p50_ms, {}});
  if (relays) results.push_back({name + ".added_p99_ms", "ms", most.added_p99_ms, {}});
  results.push_back({name + ".rss_kb_per_leg", "kB", most.figures.kb_per_leg, {}});
  return results;
}

}  // namespace

std::vector<Measurement> leg_capacity_measurements(const std::string& self, const std::string& out) {
  constexpr std::array kPaths{media::DatagramPath::Uring, media::DatagramPath::Epoll};
  constexpr double kOnce = 12, kMost = 80;  // s
  std::vector<Measurement> measurements;
  for (const auto& kind : socket_kinds()) {
    for (const auto path : kPaths) {
      const LegPlan plan{.kind = kind, .path = path, .folder = out};
      const bool ships = kind.name == leg_kinds().front().name && path == media::DatagramPath::Uring;
      const std::string name = ships ? "capacity." + kind.name : fmt::format("capacity.{}.{}", kind.name, media::to_string(path));
      measurements.push_back({name, kMost, [=] { return measure_most(name, plan, self); }});
    }
  }
  for (const auto path : kPaths) {
    const LegPlan plan{.kind = conference_kind(), .path = path, .legs = media::Conference::kMaxMembers, .folder = out};
    const std::string name = fmt::format("conference.{}.{}", plan.legs, media::to_string(path));
    measurements.push_back({name, kOnce, [=] { return measure_conference(name, plan, self); }});
  }
  for (const auto path : kPaths) {
    for (const std::size_t legs : kPlottedLegs) {
      const LegPlan plan{.kind = leg_kinds().front(), .path = path, .legs = legs, .folder = out};
      measurements.push_back({fmt::format("capacity.plot.{}.{}", media::to_string(path), legs), kOnce, [=] { return measure_plotted(plan, self); }});
    }
  }
  return measurements;
}

}  // namespace offhook::bench
