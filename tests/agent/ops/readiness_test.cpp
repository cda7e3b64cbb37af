#include <offhook/agent/ops/readiness.hpp>

#include <doctest/doctest.h>

using offhook::agent::Readiness;

namespace {

Readiness all_well() {
  return {.set_up = true, .model_loaded = true, .registered = true, .draining = false, .records_kept = true, .takes_legs = true, .has_descriptors = true, .has_memory = true, .providers_serve = true, .threads_answer = true};
}

}  // namespace

TEST_CASE("An agent that lacks nothing is ready") {
  CHECK(all_well().is_ready());
  CHECK(all_well().missing_json() == "[]");
}

TEST_CASE("If a single part is missing, the agent is not ready, and missing_json() names the part") {
  const auto lacks = [](auto change) {
    Readiness one = all_well();
    change(one);
    CHECK_FALSE(one.is_ready());
    return one.missing_json();
  };
  CHECK(lacks([](auto& r) { r.set_up = false; }) == R"(["set-up"])");
  CHECK(lacks([](auto& r) { r.model_loaded = false; }) == R"(["loading the model"])");
  CHECK(lacks([](auto& r) { r.registered = false; }) == R"(["registration"])");
  CHECK(lacks([](auto& r) { r.draining = true; }) == R"(["drain"])");
  CHECK(lacks([](auto& r) { r.records_kept = false; }) == R"(["records"])");
  CHECK(lacks([](auto& r) { r.takes_legs = false; }) == R"(["media"])");
  CHECK(lacks([](auto& r) { r.has_descriptors = false; }) == R"(["descriptors"])");
  CHECK(lacks([](auto& r) { r.has_memory = false; }) == R"(["memory"])");
  CHECK(lacks([](auto& r) { r.providers_serve = false; }) == R"(["providers"])");
  CHECK(lacks([](auto& r) { r.threads_answer = false; }) == R"(["conversations"])");
  CHECK(lacks([](auto& r) { r.registered = false, r.draining = true; }) == R"(["registration","drain"])");
}
