#include <offhook/agent/config/settings.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace config = offhook::agent::config;

namespace {

struct UnitName {
  std::string_view unit, suffix;
};
constexpr std::array kUnitNames{UnitName{"milliseconds", "_ms"}, UnitName{"seconds", "_seconds"}, UnitName{"minutes", "_minutes"},
                                UnitName{"days", "_days"}, UnitName{"octets", "_octets"}, UnitName{"megabytes", "_mb"},
                                UnitName{"files", "_files"}, UnitName{"digits", "_digits"}, UnitName{"tokens", "_tokens"},
                                UnitName{"percent", "_percent"}};

}  // namespace

TEST_CASE("The name of a setting with a unit ends with the unit, such as _seconds, and no other whole number has such an ending") {
  std::size_t with_unit = 0;
  for (const config::Place& place : config::places()) {
    const config::Setting& setting = *place.setting;
    CAPTURE(place.pointer);
    if (setting.shape != config::Shape::Whole) {
      CHECK(setting.unit.empty());
      continue;
    }
    for (const UnitName& each : kUnitNames) CHECK(setting.name.ends_with(each.suffix) == (setting.unit == each.unit));
    if (setting.unit.empty()) continue;
    ++with_unit;
    CHECK(std::any_of(kUnitNames.begin(), kUnitNames.end(), [&](const UnitName& each) { return each.unit == setting.unit; }));
  }
  CHECK(with_unit > 25);
}
