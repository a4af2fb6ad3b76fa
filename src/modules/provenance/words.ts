import type { StepKind } from '../../core/batch/graph.js';
import type { BatchStatus } from '../traceability/index.js';

export const LANGUAGES = ['zh', 'fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The words of the pages, as docs/MODEL.md has them. */
export interface Words {
  readonly language: string;
  readonly product: string;
  readonly netContent: string;
  readonly lot: string;
  readonly shortCode: string;
  readonly status: string;
  readonly statuses: Readonly<Record<BatchStatus, string>>;
  readonly harvests: string;
  readonly ofBatch: (percent: string) => string;
  readonly households: (count: number) => string;
  readonly journey: string;
  readonly steps: Readonly<Partial<Record<StepKind, string>>>;
  readonly packing: string;
  readonly coverage: string;
  readonly coverageMeans: string;
  readonly income: string;
  readonly incomeUnpublished: string;
  readonly nothingYet: string;
  readonly code: string;
  readonly notFound: string;
  readonly notFoundHint: string;
  readonly invalid: string;
  readonly invalidHint: string;
  readonly productOnly: string;
  readonly lookUp: string;
  readonly lookUpHint: string;
  readonly show: string;
  readonly forPrograms: string;
}

const ENGLISH: Words = {
  language: 'English',
  product: 'Product',
  netContent: 'Net content',
  lot: 'Lot',
  shortCode: 'Short code',
  status: 'Batch status',
  statuses: { OPEN: 'open, still filling', ACTIVE: 'available', USED_UP: 'used up', RECALLED: 'RECALLED', VOID: 'void' },
  harvests: 'Harvests',
  ofBatch: (percent) => `${percent} % of this batch`,
  households: (count) => `${count} households`,
  journey: 'Journey',
  steps: {
    SEASON: 'Season opened',
    HARVEST: 'Harvest',
    DELIVERY: 'Delivery to the cooperative',
    TRANSFORMATION: 'Transformation',
    SHIPMENT: 'Shipment',
    RECEIPT: 'Receipt',
    RECEIPT_LINE: 'Receipt',
    LOSS: 'Loss',
  },
  packing: 'Packing',
  coverage: 'Coverage',
  coverageMeans: 'of what this batch is made of comes from deliveries on record',
  income: 'Income of the growers',
  incomeUnpublished:
    'No figure is shown: the publication rules, which keep any number from telling something about a single household, do not exist yet.',
  nothingYet: 'Nothing on record yet.',
  code: 'The code of this page',
  notFound: 'Nothing is known under this code',
  notFoundHint: 'Compare it with the label, character by character.',
  invalid: 'This is no valid code',
  invalidHint: 'A character is wrong or missing. Compare it with the label.',
  productOnly: 'The lot number on the label leads to harvests and journey.',
  lookUp: 'Where does it come from?',
  lookUpHint: 'Short code, or the web address in the QR code of the label',
  show: 'Show',
  forPrograms: 'For programs',
};

const CHINESE: Words = {
  language: '中文',
  product: '产品',
  netContent: '净含量',
  lot: '批号',
  shortCode: '短码',
  status: '批次状态',
  statuses: { OPEN: '开放（仍在收货）', ACTIVE: '可用', USED_UP: '已用完', RECALLED: '已召回', VOID: '作废' },
  harvests: '采收',
  ofBatch: (percent) => `占本批次 ${percent} %`,
  households: (count) => `${count} 户农户`,
  journey: '流程',
  steps: {
    SEASON: '开季',
    HARVEST: '采收',
    DELIVERY: '交售至合作社',
    TRANSFORMATION: '加工',
    SHIPMENT: '发运',
    RECEIPT: '收货',
    RECEIPT_LINE: '收货',
    LOSS: '损耗',
  },
  packing: '包装',
  coverage: '覆盖率',
  coverageMeans: '的原料有交售记录可查',
  income: '种植户收入',
  incomeUnpublished: '暂不显示数字：发布规则尚未制定；该规则确保任何数字都不会透露单个农户的情况。',
  nothingYet: '暂无记录。',
  code: '本页二维码',
  notFound: '此码查无记录',
  notFoundHint: '请与标签逐字核对。',
  invalid: '此码无效',
  invalidHint: '有字符错误或缺失，请与标签核对。',
  productOnly: '用标签上的批号可查看采收和流程。',
  lookUp: '它从哪里来？',
  lookUpHint: '短码，或标签二维码中的网址',
  show: '查询',
  forPrograms: '程序接口',
};

const FRENCH: Words = {
  language: 'Français',
  product: 'Produit',
  netContent: 'Contenu net',
  lot: 'Numéro de lot',
  shortCode: 'Code court',
  status: 'Statut du lot',
  statuses: { OPEN: 'ouvert, en cours de remplissage', ACTIVE: 'disponible', USED_UP: 'épuisé', RECALLED: 'RAPPELÉ', VOID: 'annulé' },
  harvests: 'Récoltes',
  ofBatch: (percent) => `${percent} % de ce lot`,
  households: (count) => `${count} ménages`,
  journey: 'Parcours',
  steps: {
    SEASON: 'Ouverture de la campagne',
    HARVEST: 'Récolte',
    DELIVERY: 'Livraison à la coopérative',
    TRANSFORMATION: 'Transformation',
    SHIPMENT: 'Expédition',
    RECEIPT: 'Réception',
    RECEIPT_LINE: 'Réception',
    LOSS: 'Perte',
  },
  packing: 'Conditionnement',
  coverage: 'Taux de couverture',
  coverageMeans: 'de la matière de ce lot provient de livraisons enregistrées',
  income: 'Revenu des producteurs',
  incomeUnpublished:
    'Aucun chiffre n’est affiché : les règles de publication, qui empêchent qu’un chiffre révèle la situation d’un seul ménage, n’existent pas encore.',
  nothingYet: 'Rien d’enregistré pour l’instant.',
  code: 'Le code de cette page',
  notFound: 'Rien n’est connu sous ce code',
  notFoundHint: 'Comparez-le à l’étiquette, caractère par caractère.',
  invalid: 'Ce code n’est pas valide',
  invalidHint: 'Un caractère est faux ou manque. Comparez à l’étiquette.',
  productOnly: 'Le numéro de lot de l’étiquette mène aux récoltes et au parcours.',
  lookUp: 'D’où cela vient-il ?',
  lookUpHint: 'Code court, ou adresse web du code QR de l’étiquette',
  show: 'Afficher',
  forPrograms: 'Pour les programmes',
};

export const WORDS: Readonly<Record<Language, Words>> = { zh: CHINESE, fr: FRENCH, en: ENGLISH };

/** The reader's language: the one asked for, else the best of Accept-Language (RFC 9110, 12.5.4), else English. */
export function languageOf(asked: string | undefined, acceptLanguage: string | undefined): Language {
  const wishes = (acceptLanguage ?? '').split(',').map((wish, place) => {
    const [range = '', ...parameters] = wish.trim().toLowerCase().split(';');
    const quality = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1]).find((q) => q !== undefined);
    return { tag: range.split('-')[0] ?? '', quality: Number(quality ?? '1'), place };
  });
  const known = (tag: string | undefined): Language | undefined => LANGUAGES.find((language) => language === tag);
  const best = wishes.filter((wish) => wish.quality > 0 && known(wish.tag)).sort((a, b) => b.quality - a.quality || a.place - b.place)[0];
  return known(asked) ?? known(best?.tag) ?? 'en';
}
