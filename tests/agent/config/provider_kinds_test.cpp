#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/providers/provider_parts.hpp>
#include <offhook/agent/providers/registry/registry.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace offhook::agent;

TEST_CASE("The description of each kind of provider names only settings that exist") {
  const auto all = config::places();
  const auto has_place = [&all](std::string_view pointer) {
    return std::any_of(all.begin(), all.end(), [&](const config::Place& place) { return place.pointer == "/providers/NAME" + std::string(pointer); });
  };
  for (const Provider* kind : provider_kinds()) {
    CAPTURE(kind->name);
    for (const auto& each : kind->config.completed) CHECK_MESSAGE(has_place(each.pointer), each.pointer);
    for (const auto& note : kind->config.notes) CHECK_MESSAGE(has_place(note.pointer), note.pointer);
    for (const auto& url : kind->config.own_urls) CHECK_MESSAGE((has_place(url.pointer) && has_place(url.key)), url.pointer);
    for (const auto& question : kind->setup.questions) CHECK_MESSAGE(has_place(question.pointer), question.pointer);
    for (const auto& variable : kind->config.shown_variables) CHECK_MESSAGE(config::find_inner(variable.pointer), variable.pointer);
  }
}

TEST_CASE("Each kind of provider can make a part exactly if it has the ability of that part") {
  for (const Provider* kind : provider_kinds()) {
    CAPTURE(kind->name);
    const auto& [realtime, listen, think, speak] = kind->sessions.abilities;
    const ProviderParts& parts = kind->parts();
    CHECK((parts.realtime != nullptr) == (realtime != Ability::No));
    CHECK((parts.listener != nullptr) == (listen != Ability::No));
    CHECK((parts.thinker != nullptr) == (think != Ability::No));
    CHECK((parts.speaker != nullptr) == (speak != Ability::No));
    CHECK((kind->voices != nullptr) == (speak != Ability::No));
    CHECK(find_kind(kind->name) == kind);
  }
}
