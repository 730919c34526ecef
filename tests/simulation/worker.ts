// A process that runs the seeds it is told of, on the database named by its argument, until nobody tells it more.
import { runSeed } from './run.ts';
import { openForSeeds, type SeedAnswer, type SeedOrder } from './seeds.ts';

const [, , appUrl = ''] = process.argv;
const db = openForSeeds(appUrl);

process.on('message', ({ asked }: SeedOrder) => {
  runSeed(db, asked).then(
    (result) => process.send?.({ result } satisfies SeedAnswer),
    (error: unknown) => {
      throw error;
    },
  );
});
// Nothing more is asked, or who asked is gone.
process.on('disconnect', () => {
  db.destroy().finally(() => process.exit());
});
