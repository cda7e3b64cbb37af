#include <offhook/agent/records/call_events.hpp>
#include <offhook/agent/records/record_reader.hpp>
#include <offhook/agent/support/json_line.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::records;
using namespace std::chrono_literals;

namespace {

CallRecord whole_record() {
  CallRecord record;
  record.id = "c4llid";
  record.sip_call_id = "abc@192.0.2.1";
  record.local_tag = "tag";
  record.account = "sip:6001@pbx.example";
  record.from = {"sip:+4930@pbx.example", "Al \"the\" caller"};
  record.to = {"sip:6001@pbx.example", ""};
  record.others = {{5000, {"sip:+4989@pbx.example", "Bea"}}, {7000, {"sip:1002@pbx.example", ""}}};
  record.dialled = "sip:6001@192.0.2.2:5060";
  record.source = "192.0.2.1:5060";
  record.identity = {"passed", "A", "123e4567-e89b-12d3-a456-426655440000", "why"};
  record.invited_at = WallTime(1700000000123ms);
  record.ringing_at = record.invited_at + 10ms;
  record.answered_at = record.invited_at + 2s;
  record.ended_at = record.invited_at + 12s;
  record.setup_ms = 2000;
  record.duration_ms = 10000;
  record.codec = "G722";
  record.rtp_clock_hz = 8000;
  record.sample_rate_hz = 16000;
  record.ending = {Ending::By::Caller, "hung up", 200, "Q.850;cause=16", "detail"};
  record.media = MediaQuality{500, 490, 80000, 78400, 10, 2, 1, 3.25, 220, 20.5, 2, 3, 80.5, 0.5, 1500.25, 0.01, 40.5, 70.75, 101.5, 4.125, 4.25,
                              true, -20.5, -60.25, -3.5, 12.5, 0.125, 24.5, "nothing comes", 4, 20.5, 30.25, 10.125, 42.5,
                              MediaQuality::PeersView{1.5, 0.25, 80, 0.5, 1000, 0.125, 60, 40, 85, 4.25, 4.5, -18, -60, 30}};
  record.turns = {{Turn::Kind::Opening, 0, {}, 0, 0, false, {}, 0, "hello", std::nullopt, std::nullopt},
                  {Turn::Kind::Speech, 3000, "when are you open", 17, 0.875, false, "hours", 0.5, "nine to", 640, 900}};
  record.turns_left_out = 3;
  record.digits_received = "****";
  record.digits_sent = "**";
  record.transfer_target = "1002";
  record.transfer_status = 200;
  record.recording = "20261122T101530Z-c4llid.opus";
  record.paused_by_model_ms = 1200;
  record.paused_by_operator_ms = 300;
  record.service = {"openai/realtime", "gpt-realtime", "marin"};
  return record;
}

}  // namespace

TEST_CASE("A record is written as a line and read back") {
  const std::string line = to_line(whole_record(), "run");
  CHECK(is_sealed(std::string_view(line).substr(0, line.size() - 1)));
  const auto read = parse_record(std::string_view(line).substr(0, line.size() - 1));
  REQUIRE(read);
  CHECK(to_line(*read, "run") == line);  // Writing and reading lose no member.
  REQUIRE(read->others.size() == 2);
  CHECK(read->others[0].party.display == "Bea");
  CHECK(read->others[1].at_ms == 7000);
  CHECK(read->turns[1].interrupted_at_ms == 900);
  CHECK(read->paused_by_model_ms == 1200);
  CHECK(read->paused_by_operator_ms == 300);
  CHECK(read->service.name == "openai/realtime");
  CHECK(read->service.voice == "marin");
  CHECK(read->media->round_trip_ms == 20.5);
  CHECK(read->media->mos == 4.125);
  CHECK(read->media->wideband);
  CHECK(read->media->one_way == "nothing comes");
  CHECK(read->media->removed_ms == 10.125);
  REQUIRE(read->media->peers_view);
  CHECK(read->media->peers_view->mos == 4.25);
  CHECK(read->answered_at == WallTime(1700000002123ms));
}

TEST_CASE("The record of a call has the statistics of its leg") {
  media::LegStatistics leg;
  for (std::uint16_t i = 0; i < 1000; ++i) {
    if (i % 100 < 98) leg.losses.on_packet(i, i % 100 != 50);
  }
  leg.losses.on_packet(1000, true);
  leg.packet_us = 30'000;
  leg.jitter_us = 4'000;
  leg.jitter_buffer_ms = 40;
  leg.round_trip_us = 60'000;
  leg.one_way_ever.only_silence_comes = true;
  leg.echo_return_loss_db = 24.5F;
  leg.played = {.concealed_samples = 1600, .silent_concealed_samples = 164, .concealment_events = 7, .inserted_samples_for_deceleration = 80,
                .removed_samples_for_acceleration = 44, .jitter_buffer_delay = 3200 * 240, .jitter_buffer_emitted_count = 3200};
  leg.peers_view = rtp::VoipMetrics{.ssrc = 1, .loss_rate = 64, .burst_density = 128, .burst_ms = 90, .noise_dbm0 = -60, .r_factor = 71, .mos_conversation = 38};
  const MediaQuality quality = quality_of(leg);
  CHECK(quality.discarded == 10);
  CHECK(quality.bursts == 10);
  CHECK(quality.burst_ms == 60);
  CHECK(quality.burst_density == 1);
  CHECK(quality.gap_density == doctest::Approx(10.0 / 981));
  CHECK(quality.buffer_ms == 40);
  CHECK(quality.one_way_ms == 100);
  REQUIRE(quality.mos);
  CHECK(*quality.mos > 3);
  CHECK(*quality.mos < *quality.mos_listening);
  CHECK_FALSE(quality.wideband);
  CHECK_FALSE(quality.speech_dbov);
  CHECK(quality.one_way == "only silence comes");
  CHECK(quality.echo_return_loss_db == 24.5);
  CHECK(quality.concealed_ms == 200);
  CHECK(quality.silent_concealed_ms == 20.5);
  CHECK(quality.concealment_events == 7);
  CHECK(quality.inserted_ms == 10);
  CHECK(quality.removed_ms == 5.5);
  CHECK(quality.mean_buffer_ms == 30);
  REQUIRE(quality.peers_view);
  CHECK(quality.peers_view->lost_percent == 25);
  CHECK(quality.peers_view->burst_density == 0.5);
  CHECK(quality.peers_view->burst_ms == 90);
  CHECK(quality.peers_view->r == 71);
  CHECK(quality.peers_view->mos == 3.8);
  CHECK(quality.peers_view->noise_dbm0 == -60);
  CHECK_FALSE(quality.peers_view->speech_dbm0);  // 127 means that the peer has no value.
}

TEST_CASE("A record of an older version is read without the newer statistics") {
  const auto read = parse_record(R"({"type":"call","id":"x","media":{"packets_received":5,"jitter_ms":2.5}})");
  REQUIRE(read);
  CHECK(read->media->packets_received == 5);
  CHECK_FALSE(read->media->mos);
  CHECK(read->media->one_way.empty());
  CHECK_FALSE(read->media->peers_view);
}

TEST_CASE("If a number of the line does not fit into its member of the record, the member counts as missing") {
  const auto read = parse_record(R"({"type":"call","setup_ms":1e300,"duration_ms":-1e19,"transfer":{"status":2147483648},)"
                                 R"("codec":{"rtp_clock_hz":-1,"sample_rate_hz":4294967296},)"
                                 R"("turns":[{"at_ms":9.3e18,"response_ms":-1e20},{"at_ms":1500.75,"response_ms":-2}]})");
  REQUIRE(read);
  CHECK(read->setup_ms == 0);
  CHECK(read->duration_ms == 0);
  CHECK(read->transfer_status == 0);
  CHECK(read->rtp_clock_hz == 0);
  CHECK(read->sample_rate_hz == 0);
  REQUIRE(read->turns.size() == 2);
  CHECK(read->turns[0].at_ms == 0);
  CHECK_FALSE(read->turns[0].response_ms);
  CHECK(read->turns[1].at_ms == 1500);
  CHECK(read->turns[1].response_ms == -2);
  const auto most = parse_record(R"({"type":"call","transfer":{"status":2147483647},"codec":{"rtp_clock_hz":4294967295,"sample_rate_hz":0}})");
  REQUIRE(most);
  CHECK(most->transfer_status == 2147483647);
  CHECK(most->rtp_clock_hz == 4294967295U);
}

TEST_CASE("CRLF, ANSI and NUL in every header give one line without control characters") {
  const std::string hostile = std::string("x\r\n{\"v\":1,\"type\":\"call\"}\r\n\x1b[2J\x1b]0;owned\x07") + '\0' + "\x7f\xff";
  call::Incoming call;
  call.name.call = call.dialled = hostile;
  call.from = call.to = {hostile, hostile, hostile};
  CallRecord record = begun(call, hostile);
  record.ending = ending_of({call::Ended::By::Us, call::Ended::Cause::Busy, hostile, hostile, hostile}, false);
  record.local_tag = record.transfer_target = record.digits_received = record.digits_sent = record.codec = hostile;
  record.others = {{0, {hostile, hostile}}};
  record.turns = {{Turn::Kind::Speech, 0, hostile, 1, 1, false, hostile, 1, hostile, 1, 1}};
  for (const std::string& line : {to_line(record, "run"), to_started_line(record, "run")}) {
    CHECK(line.find('\n') == line.size() - 1);
    for (const char c : line.substr(0, line.size() - 1)) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    CHECK(nlohmann::json::parse(line, nullptr, false).is_object());
  }
}

TEST_CASE("A record keeps at most kMaxFieldBytes octets of a header field") {
  call::Incoming call;
  call.from.name = std::string(kMaxFieldBytes, 'a');
  call.to.name = std::string(kMaxFieldBytes + 1, 'a');
  const auto json = nlohmann::json::parse(to_line(begun(call, {}), "run"));
  CHECK(json["from"]["display"].get<std::string>().size() == kMaxFieldBytes);
  CHECK(json["to"]["display"].get<std::string>().size() == kMaxFieldBytes);
}

TEST_CASE("The line of the longest possible record is shorter than kMaxLineBytes") {
  CallRecord record = whole_record();
  const std::string field(kMaxFieldBytes, '\x01');  // Each octet becomes six octets when escaped.
  for (std::string* text :
       {&record.id, &record.sip_call_id, &record.local_tag, &record.account, &record.from.uri, &record.from.display,
        &record.to.uri, &record.to.display, &record.dialled, &record.source, &record.identity.result, &record.identity.attest, &record.identity.origid, &record.identity.why, &record.codec, &record.ending.cause,
        &record.ending.reason, &record.ending.detail, &record.digits_received, &record.digits_sent, &record.transfer_target,
        &record.service.name, &record.service.model, &record.service.voice}) {
    *text = field;
  }
  record.others.assign(kMaxOthers, {INT64_MIN, {field, field}});
  record.turns.assign(
      kMaxTurns, {Turn::Kind::Speech, INT64_MIN, {}, UINT64_MAX, 1, true, std::string(64, '\x01'), 1, {}, INT64_MIN, INT64_MIN});
  for (std::size_t i = 0; i < kMaxCallTextBytes / kMaxTurnTextBytes; ++i)
    record.turns[i].heard = std::string(kMaxTurnTextBytes, '\x01');
  const std::string line = to_line(record, "run");
  CHECK(line.size() < kMaxLineBytes);
  CHECK(is_sealed(std::string_view(line).substr(0, line.size() - 1)));
}

TEST_CASE("A record has the result of the caller's identity check, or none if there was no check") {
  call::Incoming call;
  CHECK_FALSE(nlohmann::json::parse(to_line(begun(call, {}), "run")).contains("identity"));
  call.check.result = "absent";
  CHECK(nlohmann::json::parse(to_line(begun(call, {}), "run"))["identity"] == nlohmann::json{{"result", "absent"}});
  call.check = {"failed", {}, {}, "the PASSporT is too old, or from the future"};
  CHECK(nlohmann::json::parse(to_line(begun(call, {}), "run"))["identity"] ==
        nlohmann::json{{"result", "failed"}, {"why", "the PASSporT is too old, or from the future"}});
  call.check = {"passed", "B", "o", {}};
  CHECK(nlohmann::json::parse(to_line(begun(call, {}), "run"))["identity"] == nlohmann::json{{"result", "passed"}, {"attest", "B"}, {"origid", "o"}});
}

TEST_CASE("ending_of() gives the party that ended a call and the cause, in the record's words") {
  using By = call::Ended::By;
  using Cause = call::Ended::Cause;
  const auto said = [](By by, Cause cause, const char* status, const char* ours, bool outgoing = false) {
    const Ending ending = ending_of({by, cause, status, "phrase", ours}, outgoing);
    return std::string(to_string(ending.by)) + ": " + ending.cause;
  };
  CHECK(said(By::Peer, Cause::HungUp, "", "") == "caller: hung up");
  CHECK(said(By::Peer, Cause::HungUp, "", "", true) == "called: hung up");
  CHECK(said(By::Peer, Cause::Cancelled, "487", "") == "caller: cancelled");
  CHECK(said(By::Peer, Cause::Busy, "486", "", true) == "called: refused 486");
  CHECK(said(By::Us, Cause::Rejected, "488", "") == "agent: refused 488");
  CHECK(said(By::Us, Cause::Unavailable, "480", "shutdown") == "agent: shutdown");
  CHECK(said(By::Us, Cause::HungUp, "", "goodbye") == "agent: goodbye");
  CHECK(said(By::Us, Cause::HungUp, "", "silence") == "agent: silence limit");
  CHECK(said(By::Us, Cause::HungUp, "", "time limit") == "agent: duration limit");
  CHECK(said(By::Us, Cause::HungUp, "", "no media") == "agent: media lost");
  CHECK(said(By::Us, Cause::HungUp, "", "shutdown") == "agent: shutdown");
  CHECK(said(By::Us, Cause::HungUp, "", "transferred") == "agent: transferred");
  CHECK(said(By::Us, Cause::HungUp, "", "solved") == "agent: goodbye");
  CHECK(said(By::Us, Cause::HungUp, "", "") == "agent: hung up");
  CHECK(said(By::Network, Cause::NoAnswer, "408", "", true) == "network: no answer");
  CHECK(said(By::Network, Cause::Unacknowledged, "", "") == "network: answer never acknowledged");
  CHECK(said(By::Network, Cause::UnknownName, "", "", true) == "network: name not found");
  CHECK(ending_of({By::Us, Cause::HungUp, {}, {}, "solved"}, false).detail == "solved");
  CHECK(ending_of({By::Peer, Cause::Busy, "486", "Busy Here"}, true).status == 486);
  CHECK(ending_of({By::Peer, Cause::Busy, "busy", {}}, true).status == 0);  // The protocol of this leg has statuses in words.
}
