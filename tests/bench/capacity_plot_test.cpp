#include <offhook/bench/legs/capacity_plot.hpp>

#include <doctest/doctest.h>

namespace {

using namespace offhook::bench;

void add(std::vector<Result>& results, std::string_view path, std::size_t legs, double load, double late_ms, double missed) {
  results.push_back({plotted_row(path, legs, "load"), "%", load, {}});
  results.push_back({plotted_row(path, legs, "tick_p99_ms"), "ms", late_ms, {}});
  results.push_back({plotted_row(path, legs, "missed"), "frames", missed, {}});
}

std::vector<Result> some() {
  std::vector<Result> results;
  add(results, "io_uring", 2200, 110, 250, 36);
  add(results, "io_uring", 1, 1, 0.05, 0);
  results.push_back({plotted_row("io_uring", 2200, "kernel_share"), "%", 40, {}});
  return results;
}

bool has(const std::string& svg, const char* what) { return svg.find(what) != std::string::npos; }

TEST_CASE("capacity_points returns the points in ascending order of their number of legs. A point has the kernel's part if the results contain it") {
  const auto points = capacity_points(some(), "io_uring");
  REQUIRE(points.size() == 2);
  CHECK(points[0].legs == 1);
  CHECK(points[0].leg_us() == doctest::Approx(200));
  CHECK(!points[0].kernel_percent);
  CHECK(points[1].kernel_percent.value_or(0) == doctest::Approx(44));
  CHECK(points[1].leg_us() == doctest::Approx(10));
  CHECK(capacity_points(some(), "epoll").empty());
}

TEST_CASE("to_capacity_svg draws a value that exceeds its axis at the end of the axis, and writes the number of missed packets") {
  const std::string svg = to_capacity_svg(some());
  CHECK(has(svg, "d=\"M60.2,337.4 L460.0,80.0\""));   // 1 % and 110 %; the axis ends at 100 %
  CHECK(has(svg, "d=\"M460.0,225.6\""));              // the point with the kernel's part
  CHECK(has(svg, "d=\"M550.2,340.0 L950.0,80.0\""));  // 0.05 ms and 250 ms; the axis has 0.1 ms to 100 ms
  CHECK(has(svg, "x=\"950.0\" y=\"372\" text-anchor=\"middle\" fill=\"#2f6f9f\">36</text>"));
  CHECK(!has(svg, "fill=\"#2f6f9f\">0</text>"));
  CHECK(has(svg, "io_uring: 1 legs are within the marks"));
  CHECK(!has(svg, "epoll"));
}

TEST_CASE("to_capacity_svg returns an empty text if no number of legs has all its results") {
  std::vector<Result> results;
  CHECK(to_capacity_svg(results).empty());
  results.push_back({plotted_row("epoll", 100, "load"), "%", 5, {}});
  CHECK(to_capacity_svg(results).empty());
  add(results, "epoll", 200, 10, 0.3, 0);
  CHECK(has(to_capacity_svg(results), "epoll: 200 legs are within the marks, 20 ms of one leg take 10.0 us"));
}

TEST_CASE("A point is clean if the load is at most 80 % of a core, ticks take less than 2 ms, and no packet was missed") {
  CHECK(CapacityPoint{100, 80, {}, 1.99, 0}.is_clean());
  CHECK(!CapacityPoint{100, 80.1, {}, 1.99, 0}.is_clean());
  CHECK(!CapacityPoint{100, 80, {}, 2, 0}.is_clean());
  CHECK(!CapacityPoint{100, 80, {}, 1.99, 1}.is_clean());
}

}  // namespace
