#include <offhook/bench/legs/leg_plan.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <stdexcept>

namespace offhook::bench {

const std::vector<LegKind>& leg_kinds() {
  static const std::vector<LegKind> kinds = {
      {.name = "g711_shipped", .port_rate_hz = 8000, .guards_echo = true},  // The rate that SessionFactory::port_rate_hz chooses.
      {.name = "g711_ai"},
      {.name = "g711_echo", .guards_echo = true},
      {.name = "g711_record", .records = true},
      {.name = "g722_ai", .codec = media::AudioCodec::G722},
      {.name = "relay", .relays = true},
  };
  return kinds;
}

const std::vector<LegKind>& ticked_kinds() {
  static const std::vector<LegKind> kinds = [] {
    auto all = leg_kinds();
    all.push_back({.name = "opus_ai", .codec = media::AudioCodec::Opus});
    all.push_back({.name = "l16_ai", .codec = media::AudioCodec::L16Wide});
    all.push_back({.name = "g711_music", .waits = true});
    return all;
  }();
  return kinds;
}

const std::vector<LegKind>& socket_kinds() {
  static const std::vector<LegKind> kinds = [] {
    auto all = leg_kinds();
    all.push_back({.name = "g711_ai_srtp", .srtp = rtp::SrtpSuite::AesCm128Sha1_80});
    all.push_back({.name = "g711_ai_srtp_gcm", .srtp = rtp::SrtpSuite::AeadAes128Gcm});
    return all;
  }();
  return kinds;
}

rtp::SrtpMasterKey srtp_key(rtp::SrtpSuite suite) {
  const std::vector<std::uint8_t> secret(rtp::facts_of(suite).key_octets + rtp::facts_of(suite).salt_octets, 0x5a);
  return *rtp::SrtpMasterKey::make(suite, secret);
}

const LegKind& conference_kind() {
  static const LegKind kind{.name = "conference", .port_rate_hz = 16000, .confers = true};
  return kind;
}

std::string LegPlan::file(std::string_view what) const { return folder + "/legs." + std::string(what); }

LegPlan read_plan(const std::string& file) {
  std::ifstream in(file);
  const auto json = nlohmann::json::parse(in);
  LegPlan plan;
  auto kinds = socket_kinds();
  kinds.push_back(conference_kind());
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const LegKind& one) { return one.name == json.at("kind").get<std::string>(); });
  if (kind == kinds.end()) throw std::runtime_error("there is no such kind of leg");
  plan.kind = *kind;
  plan.path = json.at("path").get<std::string>() == "epoll" ? media::DatagramPath::Epoll : media::DatagramPath::Uring;
  plan.legs = json.at("legs").get<std::size_t>();
  plan.seconds = json.at("seconds").get<int>();
  plan.folder = json.at("folder").get<std::string>();
  return plan;
}

void write_plan(const LegPlan& plan, const std::string& file) {
  std::ofstream(file) << nlohmann::json{{"kind", plan.kind.name},
                                        {"path", media::to_string(plan.path)},
                                        {"legs", plan.legs},
                                        {"seconds", plan.seconds},
                                        {"folder", plan.folder}};
}

}  // namespace offhook::bench
