#pragma once

#include <offhook/sip/locate/locator.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

/// Simulated name servers with a table of answers.
namespace offhook::sim {

using sip::locate::Answer;
using sip::locate::Question;
using sip::locate::Record;
using sip::locate::RecordType;

inline base::IpAddress ip(const std::string& text) { return *base::IpAddress::parse(text); }

struct World {
  std::map<Question, Answer> answers;
  std::vector<Question> asked;
  std::chrono::seconds ttl{60};

  void add(RecordType type, const std::string& name, Record record) {
    Answer& answer = answers[{type, name}];
    answer.kind = Answer::Kind::Found;
    answer.records.push_back(std::move(record));
  }
  World& address(const std::string& name, const std::string& text) {
    const auto address = ip(text);
    add(address.is_v6() ? RecordType::Aaaa : RecordType::A, name, {name, ttl, sip::locate::AddressRecord{address}});
    return *this;
  }
  World& srv(const std::string& name, std::uint16_t priority, std::uint16_t weight, std::uint16_t port, const std::string& target) {
    add(RecordType::Srv, name, {name, ttl, sip::locate::SrvRecord{priority, weight, port, target}});
    return *this;
  }
  World& naptr(const std::string& name, std::uint16_t order, std::uint16_t preference, const std::string& service,
               const std::string& replacement, const std::string& flags = "s", const std::string& regexp = "") {
    add(RecordType::Naptr, name,
        {name, ttl, sip::locate::NaptrRecord{order, preference, flags, service, regexp, replacement}});
    return *this;
  }
  World& alias(RecordType type, const std::string& name, const std::string& target) {
    add(type, name, {name, ttl, sip::locate::AliasRecord{target}});
    return *this;
  }
  World& fails(RecordType type, const std::string& name, Answer::Kind kind) {
    answers[{type, name}] = {kind, {}};
    return *this;
  }
  Answer answer(const Question& question) const {
    const auto at = answers.find(question);
    return at == answers.end() ? Answer{Answer::Kind::NoName, {}} : at->second;
  }
  /// Answers questions of the locator until it has no more questions.
  void serve(sip::Locator& locator) {
    while (const auto question = locator.poll_question()) {
      asked.push_back(*question);
      locator.on_answer(*question, answer(*question));
    }
  }
};

}  // namespace offhook::sim
