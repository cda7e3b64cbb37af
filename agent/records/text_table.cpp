#include <offhook/agent/records/text_table.hpp>

#include <offhook/agent/records/text_columns.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::records {

namespace {
constexpr std::string_view kGap = "  ";
}  // namespace

TextTable::TextTable(std::span<const TableColumn> columns, std::optional<std::size_t> screen) : columns_(columns), cuts_(screen.has_value()) {
  for (std::size_t i = 0; i < columns.size(); ++i) shown_.push_back({i, columns[i].usual});
  if (!screen) return;
  do {
    for (Shown& each : shown_) each.width = columns_[each.index].usual;
    while (width() > *screen && try_shrink()) {
    }
  } while (width() > *screen && try_leave_out());
}

std::size_t TextTable::width() const {
  std::size_t sum = shown_.empty() ? 0 : kGap.size() * (shown_.size() - 1);
  for (const Shown& each : shown_) sum += each.width;
  return sum;
}

/// Makes the widest column that may shrink narrower by one. Returns false if no column may shrink.
bool TextTable::try_shrink() {
  const auto spare = [this](const Shown& each) { return each.width > columns_[each.index].least ? each.width : 0; };
  const auto widest = std::max_element(shown_.begin(), shown_.end(), [&](const Shown& a, const Shown& b) { return spare(a) < spare(b); });
  if (widest == shown_.end() || spare(*widest) == 0) return false;
  --widest->width;
  return true;
}

bool TextTable::try_leave_out() {
  const auto order = [this](const Shown& each) { return columns_[each.index].leaves_as; };
  auto next = shown_.end();
  for (auto each = shown_.begin(); each != shown_.end(); ++each) {
    if (order(*each) != 0 && (next == shown_.end() || order(*each) < order(*next))) next = each;
  }
  if (next == shown_.end()) return false;
  shown_.erase(next);
  return true;
}

std::string TextTable::head() const {
  std::vector<std::string> names;
  for (const TableColumn& column : columns_) names.emplace_back(column.name);
  return row(names);
}

std::string TextTable::row(std::span<const std::string> cells) const {
  std::string line;
  for (const Shown& each : shown_) {
    const std::string cell = cuts_ ? cut_to_columns(cells[each.index], each.width) : cells[each.index];
    const std::string pad(each.width - std::min(each.width, columns_of(cell)), ' ');
    const bool is_last = &each == &shown_.back();
    if (columns_[each.index].is_right) line += pad + cell;
    else line += is_last ? cell : cell + pad;
    if (!is_last) line += kGap;
  }
  return line + '\n';
}

}  // namespace offhook::inline v0::agent::records
