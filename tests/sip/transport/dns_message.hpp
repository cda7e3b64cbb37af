#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

/// Writes DNS messages, both valid and invalid ones.
namespace offhook::sim {

struct DnsMessage {
  std::string bytes;

  /// Begins a response to this question. `answers` is the number of records in the header; the test then appends the records.
  DnsMessage(std::uint16_t id, const std::string& name, std::uint16_t type, int code = 0, std::uint16_t answers = 0) {
    u16(id).u16(static_cast<std::uint16_t>(0x8180 | code)).u16(1).u16(answers).u16(0).u16(0);
    this->name(name).u16(type).u16(1);
  }
  DnsMessage& u8(unsigned value) {
    bytes.push_back(static_cast<char>(value));
    return *this;
  }
  DnsMessage& u16(unsigned value) { return u8(value >> 8 & 0xff).u8(value & 0xff); }
  DnsMessage& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xffff); }
  DnsMessage& text(const std::string& value) {
    u8(static_cast<unsigned>(value.size()));
    bytes += value;
    return *this;
  }
  DnsMessage& name(const std::string& value) {
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t dot = std::min(value.find('.', at), value.size());
      text(value.substr(at, dot - at));
      at = dot + 1;
    }
    return u8(0);
  }
  /// Appends a pointer to the name in the question.
  DnsMessage& same_name() { return u16(0xc00c); }
  DnsMessage& head(std::uint16_t type, std::uint32_t ttl, std::size_t size, std::uint16_t record_class = 1) {
    return u16(type).u16(record_class).u32(ttl).u16(static_cast<std::uint16_t>(size));
  }
  DnsMessage& a(std::uint32_t ttl, const std::vector<std::uint8_t>& octets) {
    same_name().head(1, ttl, octets.size());
    for (const std::uint8_t octet : octets) u8(octet);
    return *this;
  }
  DnsMessage& srv(std::uint32_t ttl, unsigned priority, unsigned weight, unsigned port, const std::string& target) {
    return same_name().head(33, ttl, 6 + target.size() + 2).u16(priority).u16(weight).u16(port).name(target);
  }
  DnsMessage& naptr(std::uint32_t ttl, unsigned order, unsigned preference, const std::string& service, const std::string& target) {
    same_name().head(35, ttl, 4 + 2 + 1 + service.size() + 1 + target.size() + 2).u16(order).u16(preference);
    return text("s").text(service).text("").name(target);
  }
};

}  // namespace offhook::sim
